using System.Net;
using Microsoft.Extensions.Logging;

namespace Postern.Tunneling;

/// <summary>Events of tunnels of many streams, ids 220 to 239. No payload.</summary>
internal static partial class TunnelLinkLog
{
    [LoggerMessage(220, LogLevel.Information, "The tunnel to {Remote} is up")]
    public static partial void Up(ILogger logger, EndPoint? remote);

    [LoggerMessage(221, LogLevel.Warning, "No tunnel: {Error}: {Reason} The next attempt is in {Seconds:0.0} s")]
    public static partial void Waiting(ILogger logger, ChannelError error, string reason, double seconds);

    [LoggerMessage(222, LogLevel.Information, "The server listens on {Address} for {Target}")]
    public static partial void Listening(ILogger logger, string address, string target);

    [LoggerMessage(223, LogLevel.Information, "A connection to {Target} was cut: {Reason}")]
    public static partial void Cut(ILogger logger, string target, string reason);

    [LoggerMessage(224, LogLevel.Information, "The stream of {Remote} to {Target} was refused: {Reason}: {Text}")]
    public static partial void Refused(ILogger logger, EndPoint? remote, string target, StreamRefusal reason, string text);

    [LoggerMessage(225, LogLevel.Information, "Listening on {EndPoint} for {Remote}")]
    public static partial void ListeningFor(ILogger logger, EndPoint endPoint, EndPoint? remote);

    [LoggerMessage(226, LogLevel.Warning, "The tunnel of {Remote} was ended: {Reason}")]
    public static partial void Broken(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(230, LogLevel.Information, "The tunnel of {Remote} has ended, with nothing in it: {Reason}")]
    public static partial void Ended(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(227, LogLevel.Information, "{Remote} has proved to be {Key}")]
    public static partial void Proved(ILogger logger, EndPoint? remote, string key);

    [LoggerMessage(229, LogLevel.Error, "No new tunnel: {Error}: {Reason} The one that is up goes on")]
    public static partial void NotRenewed(ILogger logger, ChannelError error, string reason);

    [LoggerMessage(228, LogLevel.Error, "The server does not listen on {Address}: {Reason}")]
    public static partial void NotListening(ILogger logger, string address, string reason);
}
