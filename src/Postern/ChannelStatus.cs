using System.Net;

namespace Postern;

/// <summary>A channel at one moment: what its keys have been used for, and how it is.</summary>
public sealed record ChannelStatus
{
    /// <summary>The connection's number in this process; log lines of a server's connections have it as <c>ConnectionId</c> in their scope.</summary>
    public long ConnectionId { get; init; }

    /// <summary>The configuration set.</summary>
    public required Suite Suite { get; init; }

    /// <summary>The form of the cipher.</summary>
    public ChannelCipher Cipher { get; init; } = ChannelCipher.Rcs;

    /// <summary>Who the handshake proved the peer to be; null for the anonymous clients of QSTP and SIMPLEX.</summary>
    public PeerIdentity? PeerIdentity { get; init; }

    /// <summary>What this server answered with: the serial of a QSTP certificate, the identity of a QSMP key; null on the side that dialled.</summary>
    public string? LocalName { get; init; }

    /// <summary>The peer's address, if the transport has one.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>How often this side's sending key was replaced.</summary>
    public long Epoch { get; init; }

    /// <summary>Ratchets carried out since the handshake, by either side.</summary>
    public long Ratchets { get; init; }

    /// <summary>Own ratchets under whose keys the peer has not sent anything yet, at most 8.</summary>
    public int PendingRatchets { get; init; }

    /// <summary>Since when the sending key is in use, to the second.</summary>
    public DateTimeOffset KeySince { get; init; }

    /// <summary>Plaintext bytes sent under the present key, control packets included.</summary>
    public long BytesSentUnderKey { get; init; }

    /// <summary>Packets sent under the present key.</summary>
    public long PacketsSentUnderKey { get; init; }

    /// <summary>Plaintext bytes received under the peer's present key, control packets included.</summary>
    public long BytesReceivedUnderKey { get; init; }

    /// <summary>Packets received under the peer's present key.</summary>
    public long PacketsReceivedUnderKey { get; init; }

    /// <summary>
    /// The peer's clock minus this one, to the second, by the last packet that carried a time; the way here is in it. Null before such
    /// a packet came.
    /// </summary>
    public TimeSpan? PeerClockOffset { get; init; }

    /// <summary>Plaintext bytes sent in messages.</summary>
    public long BytesSent { get; init; }

    /// <summary>Plaintext bytes received in messages.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Time since a packet was last sent or received.</summary>
    public TimeSpan IdleTime { get; init; }

    /// <summary>When the handshake finished.</summary>
    public DateTimeOffset Established { get; init; }
}
