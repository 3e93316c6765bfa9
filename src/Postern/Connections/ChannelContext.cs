using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Packets;

namespace Postern;

/// <summary>What a channel knows of its surroundings: the same for all channels of a listener, or of one set of options.</summary>
internal sealed record ChannelContext
{
    /// <summary>The protocol's name.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The clock of headers, with the window for data packets.</summary>
    public required WireClock Clock { get; init; }

    /// <summary>The form of the cipher.</summary>
    public ChannelCipher Cipher { get; init; } = ChannelCipher.Rcs;

    /// <summary>Whether this side may start a ratchet.</summary>
    public required bool MayRatchet { get; init; }

    /// <summary>How often keep-alives are sent; null where they are not understood.</summary>
    public TimeSpan? KeepAliveInterval { get; init; }

    /// <summary>When this side ratchets by itself.</summary>
    public RatchetPolicy Ratchets { get; init; } = RatchetPolicy.Never;

    /// <summary>Asymmetric ratchets of the peer that are answered in a second; null for any number.</summary>
    public int? AnswersPerSecond { get; init; }

    /// <summary>Where the channel logs.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>How long closing tries to send the goodbye.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A server's handler has the channel: it ends with the handler, not when the handler disposes of it.</summary>
    public bool EndsWithHandler { get; init; }
}
