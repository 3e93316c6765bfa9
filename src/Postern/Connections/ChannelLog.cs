using System.Net;
using Microsoft.Extensions.Logging;

namespace Postern.Connections;

/// <summary>Events of established channels, ids 120 to 129. No payload, no keys.</summary>
internal static partial class ChannelLog
{
    [LoggerMessage(120, LogLevel.Debug, "The keys towards {Remote} were replaced by this side")]
    public static partial void Ratcheted(ILogger logger, EndPoint? remote);

    [LoggerMessage(121, LogLevel.Debug, "The keys towards {Remote} were replaced by the peer")]
    public static partial void PeerRatcheted(ILogger logger, EndPoint? remote);
}
