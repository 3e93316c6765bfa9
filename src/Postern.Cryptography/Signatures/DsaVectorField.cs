using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary><see cref="DsaField"/> on vectors: the same representatives, element by element.</summary>
internal static class DsaVectorField<TVector>
    where TVector : unmanaged, IDsaVector<TVector>
{
    /// <summary>The sums of two vectors' 64-bit products, one of the even and one of the odd elements, times 2^-32 mod q, in (-q, q).</summary>
    // The low halves of the differences are zero, so that shifting the even ones down leaves both in their places.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector MontgomeryReduce(TVector even, TVector odd)
    {
        TVector q = TVector.Broadcast(DsaField.Q);
        TVector inverse = TVector.Broadcast(DsaField.QInverse);
        even = TVector.SubtractWide(even, TVector.MultiplyEven(TVector.MultiplyEven(even, inverse), q));
        odd = TVector.SubtractWide(odd, TVector.MultiplyEven(TVector.MultiplyEven(odd, inverse), q));
        return TVector.ShiftRightWide(even, 32) | odd;
    }

    /// <summary>left · right · 2^-32 mod q, in (-q, q).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector MontgomeryMultiply(TVector left, TVector right) =>
        MontgomeryReduce(TVector.MultiplyEven(left, right), MultiplyOdd(left, right));

    /// <summary>
    /// The same with a factor known beforehand, and <paramref name="scaled"/>, the factor times q^-1 mod 2^32: a multiplication less in
    /// a row. Unless the factor is <paramref name="mixed"/>, its odd elements equal the even ones before them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector MontgomeryMultiply(TVector value, TVector factor, TVector scaled, bool mixed)
    {
        TVector q = TVector.Broadcast(DsaField.Q);
        TVector even = TVector.MultiplyEven(value, factor);
        TVector evenMultiple = TVector.MultiplyEven(TVector.MultiplyEven(value, scaled), q);
        value = TVector.ShiftRightWide(value, 32);
        if (mixed) factor = TVector.ShiftRightWide(factor, 32);
        if (mixed) scaled = TVector.ShiftRightWide(scaled, 32);
        TVector odd = TVector.MultiplyEven(value, factor);
        TVector oddMultiple = TVector.MultiplyEven(TVector.MultiplyEven(value, scaled), q);
        return TVector.ShiftRightWide(TVector.SubtractWide(even, evenMultiple), 32) | TVector.SubtractWide(odd, oddMultiple);
    }

    /// <summary>The 64-bit products of the odd elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector MultiplyOdd(TVector left, TVector right) =>
        TVector.MultiplyEven(TVector.ShiftRightWide(left, 32), TVector.ShiftRightWide(right, 32));

    /// <inheritdoc cref="DsaField.Reduce"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Reduce(TVector value) =>
        value - (((value + TVector.Broadcast(1 << 22)) >> 23) * TVector.Broadcast(DsaField.Q));

    /// <inheritdoc cref="DsaField.ToCanonical"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ToCanonical(TVector value) => value + ((value >> 31) & TVector.Broadcast(DsaField.Q));
}
