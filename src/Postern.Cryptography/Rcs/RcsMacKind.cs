namespace Postern.Cryptography;

/// <summary>What authenticates the packets of RCS.</summary>
internal enum RcsMacKind
{
    /// <summary>KMAC, as the protocols use it (primitives §5.4).</summary>
    Kmac,

    /// <summary>KMAC-R12, with twelve rounds of Keccak (primitives §5.8).</summary>
    KmacR12,

    /// <summary>QMAC, a polynomial MAC (primitives §5.8).</summary>
    Qmac,
}
