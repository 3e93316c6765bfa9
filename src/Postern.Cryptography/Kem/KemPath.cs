namespace Postern.Cryptography;

/// <summary>The implementations of the arithmetic and the sampling under ML-KEM. They compute the same; <see cref="KemCore"/> chooses.</summary>
internal enum KemPath
{
    /// <summary>One coefficient after another, one hash after another, on every platform.</summary>
    Portable,

    /// <summary>128-bit vectors, eight coefficients: SSE4.1, ARM64.</summary>
    Vector128,

    /// <summary>256-bit vectors, sixteen coefficients: AVX2.</summary>
    Vector256,

    /// <summary>512-bit vectors, 32 coefficients: AVX-512 with VBMI2.</summary>
    Vector512,
}
