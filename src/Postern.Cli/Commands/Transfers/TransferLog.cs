using System.Net;
using Microsoft.Extensions.Logging;

namespace Postern.Cli.Commands.Transfers;

/// <summary>Events of <c>postern receive</c>, ids 230 to 239.</summary>
internal static partial class TransferLog
{
    [LoggerMessage(230, LogLevel.Information, "{Report} From {Peer} at {Remote}")]
    public static partial void Received(ILogger logger, string report, string? peer, EndPoint? remote);

    [LoggerMessage(231, LogLevel.Warning, "Nothing received from {Peer} at {Remote}: {Reason}")]
    public static partial void Failed(ILogger logger, string? peer, EndPoint? remote, string reason);

    [LoggerMessage(232, LogLevel.Warning, "The connection from {Peer} at {Remote} broke off: {Reason} What has arrived stays until the peer sends the rest")]
    public static partial void BrokeOff(ILogger logger, string? peer, EndPoint? remote, string reason);

    [LoggerMessage(233, LogLevel.Debug, "{Line}")]
    public static partial void Progress(ILogger logger, string line);
}
