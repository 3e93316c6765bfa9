using Postern.Handshakes;
using Postern.Packets;

namespace Postern.Connections;

/// <summary>What a listener needs to know of its protocol.</summary>
internal sealed record ListenerProtocol
{
    /// <summary>Makes the responder's side of a handshake.</summary>
    public required Func<Handshake> CreateHandshake { get; init; }

    /// <summary>The code that tells a peer that there is no room.</summary>
    public required byte TooManyConnectionsCode { get; init; }

    /// <summary>The clock of established channels.</summary>
    public required WireClock ChannelClock { get; init; }
}
