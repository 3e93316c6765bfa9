namespace Postern.Cryptography;

/// <summary>The implementations of the permutation of one state. They compute the same; <see cref="KeccakPermutation"/> chooses.</summary>
internal enum KeccakPath
{
    /// <summary>64-bit words, on every platform.</summary>
    Scalar,

    /// <summary>One state in five 512-bit vectors.</summary>
    Avx512,
}
