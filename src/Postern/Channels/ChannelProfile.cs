using Postern.Cryptography;

namespace Postern.Channels;

/// <summary>What differs between the protocols once a channel is established: numbers, as data. (QSTP §3, §8; QSMP §1.3, §1.8)</summary>
internal sealed record ChannelProfile
{
    /// <summary>Connection terminate: never sent, and never obeyed as a goodbye, because nothing authenticates it.</summary>
    public const byte TerminateFlag = 0x03;

    /// <summary>An encrypted message.</summary>
    public const byte MessageFlag = 0x04;

    /// <summary>Asymmetric ratchet request. (QSMP §3.5)</summary>
    public const byte KeyExchangeRequestFlag = 0x10;

    /// <summary>Asymmetric ratchet response. (QSMP §3.5)</summary>
    public const byte KeyExchangeResponseFlag = 0x11;

    /// <summary>
    /// Keep-alive, an extension in a range that no reference peer uses: sent only when both ends were configured for it.
    /// (docs/wire-extensions.md)
    /// </summary>
    public const byte KeepAliveFlag = 0xF0;

    /// <summary>Size of a keep-alive's message: its sender's interval in milliseconds.</summary>
    public const int KeepAliveSize = 4;

    /// <summary>A symmetric ratchet request.</summary>
    public const byte RatchetFlag = 0x12;

    /// <summary>Size of the token in a ratchet request.</summary>
    public const int RatchetTokenSize = 32;

    /// <summary>Largest length field of an established packet, tag included.</summary>
    public const int MaxBodySize = 65536;

    /// <summary>The channel's cipher.</summary>
    public required RcsParameters Rcs { get; init; }

    /// <summary>The same numbers with another form of the cipher. (primitives §5.8)</summary>
    public ChannelProfile With(ChannelCipher cipher)
    {
        bool isLarge = Rcs.KeySize == RcsParameters.Rcs512.KeySize;
        return cipher switch
        {
            ChannelCipher.RcsReducedRounds => this with { Rcs = isLarge ? RcsParameters.Rcs512Reduced : RcsParameters.Rcs256Reduced },
            ChannelCipher.RcsQmac => this with { Rcs = isLarge ? RcsParameters.Rcs512Qmac : RcsParameters.Rcs256Qmac },
            _ => this,
        };
    }

    /// <summary>Error condition, which is also the goodbye.</summary>
    public required byte ErrorFlag { get; init; }

    /// <summary>An error code in words.</summary>
    public required Func<byte, string> DescribeCode { get; init; }

    /// <summary>Both sequence counters after the handshake; the first packet carries the next number.</summary>
    public required ulong HandshakeSequence { get; init; }

    /// <summary>Rate of the cSHAKE that derives ratchet keys.</summary>
    public required int RatchetRate { get; init; }

    /// <summary>Whole blocks squeezed for the ratchet's keys before its next state.</summary>
    public required int RatchetBlocks { get; init; }

    /// <summary>Ratchets are sent with time 0 instead of the clock's. (QSMP §1.13)</summary>
    public bool SendsTimelessRatchets { get; init; }

    /// <summary>
    /// True: a ratchet without a time comes from a reference responder, which transmits with the initiator's pair; only the initiator
    /// takes it, and mirrors the roles. False: either side takes it, in its own role. (QSTP §11.4; QSMP §1.13)
    /// </summary>
    public bool TimelessRatchetIsMirrored { get; init; }
}
