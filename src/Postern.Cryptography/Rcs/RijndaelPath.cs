namespace Postern.Cryptography;

/// <summary>The implementations of the RCS block function. They compute the same; <see cref="RijndaelCounterMode"/> chooses.</summary>
internal enum RijndaelPath
{
    /// <summary>Bit-sliced over 64-bit words: two blocks at once, on every platform.</summary>
    BitSliced64,

    /// <summary>Bit-sliced over 128-bit vectors: four blocks at once.</summary>
    BitSliced128,

    /// <summary>Bit-sliced over 256-bit vectors: eight blocks at once.</summary>
    BitSliced256,

    /// <summary>AES instructions of ARM64.</summary>
    ArmAes,

    /// <summary>AES instructions of x86 with SSE4.1 for the row shifts.</summary>
    X86Aes,

    /// <summary>Galois-field instructions of x86 with 512-bit vectors: eight blocks at once, the rest as <see cref="X86Aes"/>.</summary>
    X86Gfni,
}
