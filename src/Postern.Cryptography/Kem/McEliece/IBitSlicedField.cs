namespace Postern.Cryptography;

/// <summary>
/// GF(2^m) in constant time: single elements as numbers, and many at once as m bit planes, plane p holding bit p of one element for
/// every bit of the word. The planes of one group of elements are consecutive. A result may overwrite an operand.
/// </summary>
internal interface IBitSlicedField
{
    /// <summary>m, the number of planes.</summary>
    static abstract int Degree { get; }

    /// <summary>The product of two single elements.</summary>
    static abstract uint Multiply(uint left, uint right);

    /// <summary>An element of single-element lanes of 16 bits times z, every lane by itself.</summary>
    static abstract TWord MultiplyLanesByZ<TWord>(TWord lanes)
        where TWord : unmanaged, IBitWord<TWord>;

    /// <summary>The products of two groups of elements.</summary>
    static abstract void Multiply<TWord>(ReadOnlySpan<TWord> left, ReadOnlySpan<TWord> right, Span<TWord> product)
        where TWord : unmanaged, IBitWord<TWord>;

    /// <summary>The squares of a group of elements.</summary>
    static abstract void Square<TWord>(ReadOnlySpan<TWord> value, Span<TWord> square)
        where TWord : unmanaged, IBitWord<TWord>;
}
