using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>Coefficient-wise arithmetic on polynomials, or on vectors of them laid end to end. No sum here leaves 16 bits.</summary>
internal static class KemPolynomial
{
    /// <summary>Coefficients of a polynomial: n = 256 (FIPS 203 §2.4).</summary>
    public const int Length = 256;

    /// <summary>The polynomial at <paramref name="index"/> of a vector.</summary>
    public static Span<short> At(Span<short> vector, int index) => vector.Slice(index * Length, Length);

    /// <summary>target += addend.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(Span<short> target, ReadOnlySpan<short> addend)
    {
        Debug.Assert(target.Length == addend.Length, "Equal lengths.");
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (short)(target[i] + addend[i]);
        }
    }

    /// <summary>target = minuend - target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SubtractFrom(ReadOnlySpan<short> minuend, Span<short> target)
    {
        Debug.Assert(target.Length == minuend.Length, "Equal lengths.");
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (short)(minuend[i] - target[i]);
        }
    }

    /// <summary>Takes every coefficient to its representative closest to zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(Span<short> polynomial)
    {
        for (int i = 0; i < polynomial.Length; i++)
        {
            polynomial[i] = (short)KemField.BarrettReduce(polynomial[i]);
        }
    }

    /// <summary>Takes every coefficient to its representative from 0 to q-1, the form that is encoded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToCanonical(Span<short> polynomial)
    {
        for (int i = 0; i < polynomial.Length; i++)
        {
            polynomial[i] = (short)KemField.ToCanonical(KemField.BarrettReduce(polynomial[i]));
        }
    }

    /// <summary>Tells whether every coefficient, not negative, is below q: the modulus check of FIPS 203 §7.2. For public data.</summary>
    public static bool IsReduced(ReadOnlySpan<short> vector)
    {
        int largest = 0;
        foreach (short coefficient in vector) largest = Math.Max(largest, coefficient);
        return largest < KemField.Q;
    }

    /// <summary>Multiplies by 2^16: undoes the factor that <see cref="KemNtt.Product"/> leaves where no inverse NTT follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RemoveProductFactor(Span<short> polynomial)
    {
        for (int i = 0; i < polynomial.Length; i++)
        {
            polynomial[i] = (short)KemField.MontgomeryMultiply(KemField.MontgomerySquare, polynomial[i]);
        }
    }
}
