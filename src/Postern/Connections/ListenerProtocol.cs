using Microsoft.Extensions.Logging;
using Postern.Handshakes;

namespace Postern.Connections;

/// <summary>What a listener needs to know of its protocol.</summary>
internal sealed record ListenerProtocol
{
    /// <summary>Ephemeral keys made ahead, which the listener owns; null if none are.</summary>
    public EphemeralKeyPool? Keys { get; init; }

    /// <summary>Makes the responder's side of a handshake.</summary>
    public required Func<Handshake> CreateHandshake { get; init; }

    /// <summary>The code that tells a peer that there is no room.</summary>
    public required byte TooManyConnectionsCode { get; init; }

    /// <summary>End the listener's channels that are not trusted any more.</summary>
    public IReadOnlyList<ChannelWatch> Watches { get; init; } = [];

    /// <summary>Looks at what the listener answers with: at its start, and whenever one of the watches may know more. Null if there is nothing to look at.</summary>
    public Action<ILogger>? Review { get; init; }

    /// <summary>What every channel starts with: clock, ratchets, keep-alives.</summary>
    public required ChannelContext Context { get; init; }
}
