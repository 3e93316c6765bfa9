namespace Postern.Cryptography;

/// <summary>The implementations of the side-by-side permutation. They compute the same; <see cref="KeccakLanes"/> chooses.</summary>
internal enum KeccakLanesPath
{
    /// <summary>The scalar permutation, one state after another, on every platform.</summary>
    Scalar,

    /// <summary>128-bit vectors: two states at once.</summary>
    Vector128,

    /// <summary>256-bit vectors: four states at once.</summary>
    Vector256,

    /// <summary>256-bit vectors with AVX-512's rotations and ternary logic: four states at once.</summary>
    Avx512Half,

    /// <summary>512-bit vectors with AVX-512's rotations and ternary logic: eight states at once.</summary>
    Avx512,
}
