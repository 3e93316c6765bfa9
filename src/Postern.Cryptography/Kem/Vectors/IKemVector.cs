namespace Postern.Cryptography;

/// <summary>What ML-KEM needs of a processor's vectors of 16-bit coefficients.</summary>
internal unsafe interface IKemVector<TSelf>
    where TSelf : unmanaged, IKemVector<TSelf>
{
    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Coefficients in a vector: 8, 16 or 32.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(short* source);

    static abstract void Store(TSelf value, short* destination);

    /// <summary>The same number everywhere.</summary>
    static abstract TSelf Create(short value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The lower halves of the products.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    static abstract TSelf operator <<(TSelf value, int count);

    /// <summary>Shifts that keep the sign.</summary>
    static abstract TSelf operator >>(TSelf value, int count);

    /// <summary>The upper halves of the signed products: ⌊left·right / 2^16⌋. Not for two numbers of -2^15.</summary>
    static abstract TSelf MultiplyHigh(TSelf left, TSelf right);

    /// <summary>⌊(left·right + 2^14) / 2^15⌋. Not for two numbers of -2^15.</summary>
    static abstract TSelf MultiplyHighRounded(TSelf left, TSelf right);

    /// <summary>All ones where left is greater, zero elsewhere.</summary>
    static abstract TSelf GreaterThan(TSelf left, TSelf right);

    /// <summary>Whether no bit is set. For public data.</summary>
    static abstract bool IsZero(TSelf value);

    /// <summary>Of every block of 2·<paramref name="length"/> numbers the lower half, twice. A constant of 2 up to half a vector.</summary>
    static abstract TSelf SpreadLow(TSelf value, int length);

    /// <summary>Of every block of 2·<paramref name="length"/> numbers the upper half, twice.</summary>
    static abstract TSelf SpreadHigh(TSelf value, int length);

    /// <summary>Exchanges the halves of every block of 2·<paramref name="length"/> numbers; 1 is allowed too.</summary>
    static abstract TSelf Swap(TSelf value, int length);

    /// <summary>The sums of the products of neighbours, as 32-bit numbers.</summary>
    static abstract TSelf MultiplyAddPairs(TSelf left, TSelf right);

    /// <summary>Sums of 32-bit numbers.</summary>
    static abstract TSelf AddWords(TSelf left, TSelf right);

    /// <summary>The lower halves of 32-bit numbers, those of <paramref name="even"/> and <paramref name="odd"/> in turn.</summary>
    static abstract TSelf JoinLow(TSelf even, TSelf odd);

    /// <summary>The upper halves of 32-bit numbers, those of <paramref name="even"/> and <paramref name="odd"/> in turn.</summary>
    static abstract TSelf JoinHigh(TSelf even, TSelf odd);

    /// <summary>
    /// SampleNTT, algorithm 7, of three blocks of SHAKE128: stores the 12-bit numbers below q and returns how many, at most 256. Up to
    /// <see cref="KemCore.MatrixSlack"/> numbers may be stored behind them, and as many bytes be read as <see cref="KemVectorSampling{TVector}.BlocksStride"/>.
    /// </summary>
    static abstract int Accept(byte* blocks, short* coefficients);

    /// <inheritdoc cref="KemPacking.Encode"/>
    static abstract void Encode(ReadOnlySpan<short> vector, int bits, Span<byte> destination);

    /// <inheritdoc cref="KemPacking.Decode"/>
    static abstract void Decode(ReadOnlySpan<byte> source, int bits, Span<short> vector);
}
