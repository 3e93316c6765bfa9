using Postern.Packets;

namespace Postern.Channels;

/// <summary>What can be said of a packet before its body is read: the only thing known of it is that the peer's network sent it. (QSTP §7, §10)</summary>
/// <param name="profile">The protocol.</param>
/// <param name="keyExchange">Makes the sizes of asymmetric ratchets; null where there are none.</param>
/// <param name="acceptsKeepAlive">The extension is on.</param>
internal readonly ref struct HeaderCheck(ChannelProfile profile, KeyExchangeRatchet? keyExchange, bool acceptsKeepAlive)
{
    /// <summary>Looks at a header.</summary>
    /// <returns>The size of the message inside: 1 for a goodbye, 32 for a ratchet.</returns>
    /// <exception cref="ChannelException">No such packet is allowed here.</exception>
    public int Run(in PacketHeader header)
    {
        int tagSize = profile.Rcs.TagSize;
        if (header.Length <= tagSize || header.Length > ChannelProfile.MaxBodySize)
        {
            throw new ChannelException(
                ChannelError.InvalidLength,
                $"A packet's length is {tagSize + 1} to {ChannelProfile.MaxBodySize} bytes, this one says {header.Length}.");
        }

        int messageSize = (int)header.Length - tagSize;
        if (SizeOf(header.Flag, messageSize) is not { } expected)
        {
            throw new ChannelException(
                ChannelError.UnexpectedFlag,
                header.Flag == ChannelProfile.KeepAliveFlag
                    ? "The peer sends keep-alives, and this side has them off: both sides must have them on, or neither."
                    : $"Flag 0x{header.Flag:X2} is not allowed here.");
        }

        return messageSize == expected
            ? messageSize
            : throw new ChannelException(
                ChannelError.InvalidLength, $"A packet with flag 0x{header.Flag:X2} carries {expected} bytes, this one {messageSize}.");
    }

    // The size of the message that a packet of this kind must carry; null if there is no such packet here.
    private int? SizeOf(byte flag, int messageSize) => flag switch
    {
        ChannelProfile.MessageFlag => messageSize,
        ChannelProfile.RatchetFlag => ChannelProfile.RatchetTokenSize,
        ChannelProfile.KeyExchangeRequestFlag => keyExchange?.RequestSize,
        ChannelProfile.KeyExchangeResponseFlag => keyExchange?.ResponseSize,
        ChannelProfile.KeepAliveFlag when acceptsKeepAlive => ChannelProfile.KeepAliveSize,
        ChannelProfile.TerminateFlag => throw new ChannelException(
            ChannelError.UnauthenticatedTermination, "The peer, or someone on the path, asked to end the connection without authentication."),
        _ => flag == profile.ErrorFlag ? 1 : null,
    };
}
