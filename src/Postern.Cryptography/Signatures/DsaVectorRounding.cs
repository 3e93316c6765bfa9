using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary><see cref="DsaRounding"/> on vectors, formula by formula.</summary>
internal static unsafe class DsaVectorRounding<TVector>
    where TVector : unmanaged, IDsaVector<TVector>
{
    /// <inheritdoc cref="DsaRounding.Power2Round"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Power2Round(Span<int> polynomial, Span<int> low)
    {
        Debug.Assert(polynomial.Length == low.Length && low.Length % TVector.Count == 0, "Two of one length.");
        int length = polynomial.Length;
        TVector offset = TVector.Broadcast((1 << (DsaRounding.DroppedBits - 1)) - 1);
        fixed (int* p = polynomial)
        fixed (int* l = low)
        {
            for (int i = 0; i < length; i += TVector.Count)
            {
                TVector value = TVector.Load(p + i);
                TVector high = (value + offset) >> DsaRounding.DroppedBits;
                TVector.Store(value - (high << DsaRounding.DroppedBits), l + i);
                TVector.Store(high, p + i);
            }
        }
    }

    /// <inheritdoc cref="DsaRounding.ScaleHigh"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleHigh(Span<int> polynomial)
    {
        Debug.Assert(polynomial.Length % TVector.Count == 0, "Whole vectors.");
        int length = polynomial.Length;
        fixed (int* p = polynomial)
        {
            for (int i = 0; i < length; i += TVector.Count) TVector.Store(TVector.Load(p + i) << DsaRounding.DroppedBits, p + i);
        }
    }

    /// <inheritdoc cref="DsaRounding.Decompose"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decompose(DsaParameters parameters, Span<int> polynomial, Span<int> low)
    {
        Debug.Assert(polynomial.Length == low.Length && low.Length % TVector.Count == 0, "Two of one length.");
        int length = polynomial.Length;
        TVector offset = TVector.Broadcast(parameters.Gamma2 - 1);
        TVector width = TVector.Broadcast(2 * parameters.Gamma2);
        TVector lastLevel = TVector.Broadcast(parameters.HighLevels - 1);
        TVector reciprocal = TVector.Broadcast((int)parameters.Gamma2Reciprocal);
        fixed (int* p = polynomial)
        fixed (int* l = low)
        {
            for (int i = 0; i < length; i += TVector.Count)
            {
                TVector value = TVector.Load(p + i);
                TVector dividend = value + offset;
                TVector even = TVector.MultiplyEven(dividend, reciprocal);
                TVector odd = DsaVectorField<TVector>.MultiplyOdd(dividend, reciprocal);
                TVector high = TVector.ShiftRightWide(even, DsaRounding.ReciprocalShift)
                    | TVector.ShiftLeftWide(TVector.ShiftRightWide(odd, DsaRounding.ReciprocalShift), 32);
                TVector last = (lastLevel - high) >> 31;
                TVector.Store(value - (high * width) + last, l + i);
                TVector.Store(high & ~last, p + i);
            }
        }
    }

    /// <inheritdoc cref="DsaRounding.MakeHint"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int MakeHint(int gamma2, Span<int> low, ReadOnlySpan<int> ct0, ReadOnlySpan<int> high)
    {
        Debug.Assert(low.Length == ct0.Length && low.Length == high.Length && low.Length % TVector.Count == 0, "Three of one length.");
        int length = low.Length;
        TVector zero = TVector.Broadcast(0);
        TVector one = TVector.Broadcast(1);
        TVector width = TVector.Broadcast(gamma2);
        TVector ones = zero;
        fixed (int* l = low)
        fixed (int* c = ct0)
        fixed (int* h = high)
        {
            for (int i = 0; i < length; i += TVector.Count)
            {
                TVector sum = TVector.Load(l + i) + TVector.Load(c + i);
                TVector distance = sum + width;
                TVector outside = (width - sum) | distance;
                TVector onEdge = ~(distance | (zero - distance)) & (zero - TVector.Load(h + i));
                TVector hint = ((outside | onEdge) >> 31) & one;
                TVector.Store(hint, l + i);
                ones += hint;
            }
        }

        return TVector.Sum(ones);
    }
}
