using System.Net;
using Microsoft.Extensions.Logging;

namespace Postern.Cli.Services;

/// <summary>Events of the command's own services, ids 220 to 229.</summary>
internal static partial class ServiceLog
{
    [LoggerMessage(220, LogLevel.Warning, "{Program} ended with exit code {Code}: the connection from {Remote} was broken off")]
    public static partial void ProgramFailed(ILogger logger, string program, int code, EndPoint? remote);

    [LoggerMessage(221, LogLevel.Information, "The program of the connection from {Remote} was killed: {Reason}")]
    public static partial void ProgramKilled(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(222, LogLevel.Information, "The connection from {Remote} was cut: its program ended, the peer did not")]
    public static partial void PeerStayed(ILogger logger, EndPoint? remote);
}
