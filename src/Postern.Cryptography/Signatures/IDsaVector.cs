namespace Postern.Cryptography;

/// <summary>
/// A vector of 32-bit integers, for ML-DSA's code that is written once for all widths. "Wide" methods take it as 64-bit integers, each
/// an even element (low half) and the odd one behind it; a "block" is four elements, 128 bits.
/// </summary>
internal unsafe interface IDsaVector<TSelf>
    where TSelf : unmanaged, IDsaVector<TSelf>
{
    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Elements of a vector: 4, 8 or 16.</summary>
    static abstract int Count { get; }

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The low halves of the products.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    static abstract TSelf operator ~(TSelf value);

    static abstract TSelf operator <<(TSelf value, int count);

    /// <summary>Fills with signs.</summary>
    static abstract TSelf operator >>(TSelf value, int count);

    static abstract TSelf Load(int* source);

    static abstract void Store(TSelf value, int* destination);

    /// <summary>The same number everywhere.</summary>
    static abstract TSelf Broadcast(int value);

    /// <summary>The 64-bit products of the even elements.</summary>
    static abstract TSelf MultiplyEven(TSelf left, TSelf right);

    static abstract TSelf AddWide(TSelf left, TSelf right);

    static abstract TSelf SubtractWide(TSelf left, TSelf right);

    /// <summary>Fills with zeros. By 32: every odd element to the even place before it.</summary>
    static abstract TSelf ShiftRightWide(TSelf value, int count);

    static abstract TSelf ShiftLeftWide(TSelf value, int count);

    /// <summary>The even elements of both, one after another.</summary>
    static abstract TSelf EvenElements(TSelf lower, TSelf upper);

    /// <summary>
    /// Four vectors hold consecutive groups of four blocks, in order. Afterwards the first vector holds the first block of every group,
    /// the second one the second, and so on.
    /// </summary>
    static abstract void GatherBlocks(ref TSelf v0, ref TSelf v1, ref TSelf v2, ref TSelf v3);

    /// <summary>Undoes <see cref="GatherBlocks"/>.</summary>
    static abstract void ScatterBlocks(ref TSelf v0, ref TSelf v1, ref TSelf v2, ref TSelf v3);

    /// <summary>Transposes the four by four elements of the four blocks at each place. Undoes itself.</summary>
    static abstract void TransposeElements(ref TSelf v0, ref TSelf v1, ref TSelf v2, ref TSelf v3);

    /// <summary>16 bytes for each block, from where its first coefficient lies in a bit string of <paramref name="bits"/> bits a coefficient.</summary>
    static abstract TSelf LoadBlocks(byte* source, int bits);

    /// <summary>Chooses bytes within each block.</summary>
    static abstract TSelf ShuffleBytes(TSelf value, TSelf indices);

    /// <summary>
    /// Writes the elements that are below <paramref name="limits"/> one after another, and rubbish up to a whole vector. Its course
    /// depends on which these are: for public values only.
    /// </summary>
    /// <returns>Their number.</returns>
    static abstract int StoreBelow(TSelf values, TSelf limits, int* destination);

    static abstract bool AnyNegative(TSelf value);

    static abstract int Sum(TSelf value);
}
