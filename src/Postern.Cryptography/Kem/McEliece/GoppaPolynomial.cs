using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// The minimal polynomial over GF(2^m) of an element of the extension of degree t, in constant time. Elements are vectors of t
/// coefficients of 16 bits; a number times a vector is a sum over the bits of the number.
/// </summary>
internal static class GoppaPolynomial<TField, TWord>
    where TField : IBitSlicedField
    where TWord : unmanaged, IBitWord<TWord>
{
    private const int Lanes = 128;

    private static int M => TField.Degree;

    private static int Vectors => Lanes * sizeof(ushort) / Unsafe.SizeOf<TWord>();

    /// <summary>Words of scratch.</summary>
    public static int ScratchWords => ((2 * Lanes) + 1 + (2 * M)) * Lanes / 4;

    /// <summary>The coefficients below y^t of the minimal polynomial of <paramref name="element"/>.</summary>
    /// <returns>False if its degree is less than t.</returns>
    public static bool TryCompute(
        McElieceParameters parameters, ReadOnlySpan<ushort> element, Span<ushort> polynomial, Span<ulong> scratch)
    {
        int t = parameters.T;
        scratch = scratch[..ScratchWords];
        scratch.Clear();
        Span<ushort> multiples = MemoryMarshal.Cast<ulong, ushort>(scratch[..(Lanes * Lanes / 4)]);
        Span<ushort> powers = MemoryMarshal.Cast<ulong, ushort>(scratch.Slice(Lanes * Lanes / 4, (Lanes + 1) * Lanes / 4));
        Span<TWord> sums = MemoryMarshal.Cast<ulong, TWord>(scratch[^(2 * M * Lanes / 4)..]);
        MakeMultiples(parameters, element, multiples);
        powers[0] = 1;
        for (int i = 0; i < t; i++)
        {
            MultiplyByElement(t, powers.Slice(i * Lanes, Lanes), multiples, powers.Slice((i + 1) * Lanes, Lanes), sums);
        }

        if (!TryReduce(t, powers, sums)) return false;
        powers.Slice(t * Lanes, t).CopyTo(polynomial);
        return true;
    }

    // y^c times the element, for every c.
    private static void MakeMultiples(McElieceParameters parameters, ReadOnlySpan<ushort> element, Span<ushort> multiples)
    {
        int t = parameters.T;
        element[..t].CopyTo(multiples);
        for (int c = 1; c < t; c++)
        {
            Span<ushort> next = multiples.Slice(c * Lanes, t);
            ReadOnlySpan<ushort> last = multiples.Slice((c - 1) * Lanes, t);
            last[..^1].CopyTo(next[1..]);
            foreach ((int exponent, uint coefficient) in parameters.Extension)
            {
                next[exponent] ^= (ushort)TField.Multiply(last[^1], coefficient);
            }
        }
    }

    // The sum over c of power[c]·y^c·element: first by the bits of the power[c], then those sums by Horner's rule.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyByElement(
        int t, ReadOnlySpan<ushort> power, ReadOnlySpan<ushort> multiples, Span<ushort> product, Span<TWord> sums)
    {
        sums[..(M * Vectors)].Clear();
        for (int c = 0; c < t; c++)
        {
            ReadOnlySpan<TWord> multiple = MemoryMarshal.Cast<ushort, TWord>(multiples.Slice(c * Lanes, Lanes));
            for (int bit = 0; bit < M; bit++)
            {
                TWord mask = TWord.Broadcast(0 - ((ulong)(power[c] >> bit) & 1));
                Span<TWord> sum = sums.Slice(bit * Vectors, multiple.Length);
                for (int v = 0; v < multiple.Length; v++)
                {
                    sum[v] = TWord.AddProduct(sum[v], multiple[v], mask);
                }
            }
        }

        Span<TWord> result = MemoryMarshal.Cast<ushort, TWord>(product);
        for (int v = 0; v < result.Length; v++)
        {
            TWord value = sums[((M - 1) * Vectors) + v];
            for (int bit = M - 2; bit >= 0; bit--)
            {
                value = TField.MultiplyLanesByZ(value) ^ sums[(bit * Vectors) + v];
            }

            result[v] = value;
        }
    }

    // Column operations that make the first t powers the unit vectors; what becomes of power t are the coefficients.
    private static bool TryReduce(int t, Span<ushort> powers, Span<TWord> scratch)
    {
        for (int j = 0; j < t; j++)
        {
            // While the pivot is zero, add the columns behind it.
            for (int column = j + 1; column < t; column++)
            {
                ushort mask = (ushort)((powers[(j * Lanes) + j] - 1) >> 31);
                for (int i = j; i <= t; i++)
                {
                    powers[(i * Lanes) + j] ^= (ushort)(powers[(i * Lanes) + column] & mask);
                }
            }

            if (powers[(j * Lanes) + j] == 0) return false;
            uint inverse = FieldMath<TField>.Inverse(powers[(j * Lanes) + j]);
            for (int i = j; i <= t; i++)
            {
                powers[(i * Lanes) + j] = (ushort)TField.Multiply(powers[(i * Lanes) + j], inverse);
            }

            powers[(j * Lanes) + j] = 0;
            Eliminate(t, j, powers, scratch);
        }

        return true;
    }

    // Column j, times the entry of row j in another column, is added to that column; row by row it is a number times row j.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eliminate(int t, int j, Span<ushort> powers, Span<TWord> scratch)
    {
        Span<TWord> multiples = scratch[..(M * Vectors)];
        Span<TWord> masks = scratch.Slice(M * Vectors, M);
        Span<TWord> pivot = MemoryMarshal.Cast<ushort, TWord>(powers.Slice(j * Lanes, Lanes));
        for (int v = 0; v < pivot.Length; v++)
        {
            TWord multiple = pivot[v];
            for (int bit = 0; bit < M; bit++)
            {
                multiples[(v * M) + bit] = multiple;
                multiple = TField.MultiplyLanesByZ(multiple);
            }
        }

        for (int i = j + 1; i <= t; i++)
        {
            uint factor = powers[(i * Lanes) + j];
            for (int bit = 0; bit < M; bit++)
            {
                masks[bit] = TWord.Broadcast(0 - ((ulong)(factor >> bit) & 1));
            }

            Span<TWord> row = MemoryMarshal.Cast<ushort, TWord>(powers.Slice(i * Lanes, Lanes));
            for (int v = 0; v < row.Length; v++)
            {
                TWord sum = row[v];
                for (int bit = 0; bit < M; bit++)
                {
                    sum = TWord.AddProduct(sum, multiples[(v * M) + bit], masks[bit]);
                }

                row[v] = sum;
            }
        }
    }
}
