namespace Postern.Cryptography;

/// <summary>The implementations of ML-DSA's work on polynomials. They compute the same; <see cref="DsaKernel"/> chooses.</summary>
internal enum DsaPath
{
    /// <summary>One coefficient after another, on every platform: the readable form.</summary>
    Scalar,

    /// <summary>Four coefficients at once: SSE4.1 or ARM's AdvSimd.</summary>
    Vector128,

    /// <summary>Eight coefficients at once: AVX2.</summary>
    Vector256,

    /// <summary>Sixteen coefficients at once: AVX-512.</summary>
    Vector512,
}
