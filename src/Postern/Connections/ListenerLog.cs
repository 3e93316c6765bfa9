using System.Net;
using Microsoft.Extensions.Logging;

namespace Postern.Connections;

/// <summary>Events of a listener, ids 100 to 119. No payload, no keys.</summary>
internal static partial class ListenerLog
{
    [LoggerMessage(100, LogLevel.Information, "Listening on {EndPoint}")]
    public static partial void Listening(ILogger logger, EndPoint endPoint);

    [LoggerMessage(101, LogLevel.Information, "Stopped listening on {EndPoint}")]
    public static partial void Stopped(ILogger logger, EndPoint endPoint);

    [LoggerMessage(102, LogLevel.Information, "Draining: no new connections, {Count} go on")]
    public static partial void Draining(ILogger logger, int count);

    [LoggerMessage(103, LogLevel.Warning, "Accepting a connection failed")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(104, LogLevel.Debug, "Connection from {Remote} established with {Suite}")]
    public static partial void Connected(ILogger logger, EndPoint? remote, string suite);

    [LoggerMessage(105, LogLevel.Information, "Connection from {Remote} ended: {Error}: {Reason}")]
    public static partial void Ended(ILogger logger, EndPoint? remote, ChannelError error, string reason);

    [LoggerMessage(106, LogLevel.Debug, "Connection from {Remote} dropped: the listener stops, or a newer handshake needed its place")]
    public static partial void Dropped(ILogger logger, EndPoint? remote);

    [LoggerMessage(107, LogLevel.Warning, "Connection from {Remote} refused: {Count} connections are established")]
    public static partial void Refused(ILogger logger, EndPoint? remote, int count);

    [LoggerMessage(108, LogLevel.Error, "The handler of the connection from {Remote} failed")]
    public static partial void HandlerFailed(ILogger logger, EndPoint? remote, Exception exception);

    [LoggerMessage(109, LogLevel.Warning, "{Count} lines about connections were left out: there were too many in a second")]
    public static partial void LeftOut(ILogger logger, long count);

    [LoggerMessage(110, LogLevel.Warning, "Connection from {Remote} dropped: no header of the PROXY protocol: {Reason}")]
    public static partial void NoProxyHeader(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(111, LogLevel.Information, "New connections to {EndPoint} are answered by new options; those that are there stay as they are")]
    public static partial void Updated(ILogger logger, EndPoint endPoint);
}
