namespace Postern.Cryptography;

/// <summary>Widths of the words that the bit-sliced code works on. All compute the same; <see cref="McElieceCore"/> chooses.</summary>
internal enum McEliecePath
{
    /// <summary>64-bit words, on every platform.</summary>
    Words64,

    /// <summary>128-bit vectors.</summary>
    Vector128,

    /// <summary>256-bit vectors.</summary>
    Vector256,

    /// <summary>512-bit vectors.</summary>
    Vector512,
}
