using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>
/// Coefficient-wise work on polynomials of 256 coefficients; a vector is polynomials one after another. Nothing here branches on
/// a coefficient.
/// </summary>
internal static class DsaPolynomial
{
    /// <summary>Coefficients of a polynomial.</summary>
    public const int Size = 256;

    /// <summary>The polynomial at <paramref name="index"/> of a vector.</summary>
    public static Span<int> At(Span<int> vector, int index) => vector.Slice(index * Size, Size);

    /// <summary>product = left · right · 2^-32 in the transformed domain, in (-q, q), for factors below 9q.</summary>
    public static void Multiply(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> product)
    {
        left = left[..Size];
        right = right[..Size];
        product = product[..Size];
        for (int i = 0; i < Size; i++)
        {
            product[i] = DsaField.MontgomeryMultiply(left[i], right[i]);
        }
    }

    /// <summary>
    /// product = row · vector · 2^-32 in the transformed domain, in (-q, q): one row of A, entries in [0, q), times a vector below
    /// 9q. The sum of at most 7 products stays below 63 q^2 &lt; 2^31 · q, so it is reduced once.
    /// </summary>
    public static unsafe void MultiplyRow(ReadOnlySpan<int> row, ReadOnlySpan<int> vector, Span<int> product)
    {
        Debug.Assert(row.Length == vector.Length && product.Length == Size, "A row, a vector, one polynomial.");
        fixed (int* rowStart = row)
        fixed (int* vectorStart = vector)
        {
            int* end = rowStart + row.Length;
            for (int i = 0; i < product.Length; i++)
            {
                long sum = 0;
                int* right = vectorStart + i;
                for (int* left = rowStart + i; left < end; left += Size, right += Size)
                {
                    sum += (long)*left * *right;
                }

                product[i] = DsaField.MontgomeryReduce(sum);
            }
        }
    }

    /// <summary>target = target + addend, reduced.</summary>
    public static void Add(Span<int> target, ReadOnlySpan<int> addend)
    {
        target = target[..Size];
        addend = addend[..Size];
        for (int i = 0; i < Size; i++)
        {
            target[i] = DsaField.Reduce(target[i] + addend[i]);
        }
    }

    /// <summary>target = target - subtrahend, reduced.</summary>
    public static void Subtract(Span<int> target, ReadOnlySpan<int> subtrahend)
    {
        target = target[..Size];
        subtrahend = subtrahend[..Size];
        for (int i = 0; i < Size; i++)
        {
            target[i] = DsaField.Reduce(target[i] - subtrahend[i]);
        }
    }

    /// <summary>Brings every coefficient near zero (<see cref="DsaField.Reduce"/>).</summary>
    public static void Reduce(Span<int> polynomial)
    {
        foreach (ref int coefficient in polynomial)
        {
            coefficient = DsaField.Reduce(coefficient);
        }
    }

    /// <summary>Brings every coefficient from (-q, q) to [0, q).</summary>
    public static void ToCanonical(Span<int> polynomial)
    {
        foreach (ref int coefficient in polynomial)
        {
            coefficient = DsaField.ToCanonical(coefficient);
        }
    }

    /// <summary>Tells whether a coefficient is <paramref name="bound"/> or more in absolute value. Looks at all of them.</summary>
    public static bool ReachesBound(ReadOnlySpan<int> polynomial, int bound)
    {
        int reached = 0;
        foreach (int coefficient in polynomial)
        {
            int sign = coefficient >> 31;
            int absolute = (coefficient ^ sign) - sign;
            reached |= (bound - 1 - absolute) >> 31;
        }

        return reached != 0;
    }
}
