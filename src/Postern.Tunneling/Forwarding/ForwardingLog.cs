using System.Net;
using Microsoft.Extensions.Logging;

namespace Postern.Tunneling;

/// <summary>Events of forwarders and exposers, ids 200 to 219. No payload.</summary>
internal static partial class ForwardingLog
{
    [LoggerMessage(200, LogLevel.Information, "Listening on {EndPoint}, forwarding to {Server}")]
    public static partial void Forwarding(ILogger logger, EndPoint endPoint, string server);

    [LoggerMessage(201, LogLevel.Information, "Stopped listening on {EndPoint}")]
    public static partial void Stopped(ILogger logger, EndPoint endPoint);

    [LoggerMessage(202, LogLevel.Warning, "Accepting a connection failed")]
    public static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(203, LogLevel.Warning, "The connection from {Remote} got no tunnel: {Error}: {Reason}")]
    public static partial void TunnelFailed(ILogger logger, EndPoint? remote, ChannelError error, string reason);

    [LoggerMessage(204, LogLevel.Warning, "The tunnel from {Remote} got no target: {Reason}")]
    public static partial void TargetFailed(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(205, LogLevel.Information, "The connection from {Remote} was cut: {Reason}")]
    public static partial void Cut(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(206, LogLevel.Warning, "{Count} connections at once: no more are accepted until one ends")]
    public static partial void Full(ILogger logger, int count);

    [LoggerMessage(208, LogLevel.Information, "Tunnels to {EndPoint} lead to {Target}")]
    public static partial void Exposing(ILogger logger, EndPoint endPoint, string target);

    [LoggerMessage(207, LogLevel.Error, "The connection from {Remote} failed")]
    public static partial void Failed(ILogger logger, EndPoint? remote, Exception exception);
}
