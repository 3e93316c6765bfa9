namespace Postern;

/// <summary>
/// Forms of the channel's cipher. Nothing on the wire tells which one is used: peers of different forms do not understand each other's
/// first sealed packet. (primitives §5.8)
/// </summary>
public enum ChannelCipher
{
    /// <summary>RCS with all its rounds and KMAC, as the reference has it. The default.</summary>
    Rcs = 1,

    /// <summary>
    /// Reduced rounds, and 12 rounds of Keccak in the MAC: a compile-time switch of the reference, with a smaller margin. Only for a peer that
    /// was built so.
    /// </summary>
    RcsReducedRounds = 2,

    /// <summary>
    /// QMAC instead of KMAC, the reference's default until 2025-03 and removed since. <b>Do not choose it</b>: its multiplication is in no
    /// field, one pad serves all tags, and lengths are not covered, so that messages can be forged. Only for a peer that knows nothing else.
    /// </summary>
    RcsQmac = 3,
}
