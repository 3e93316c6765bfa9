using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// Berlekamp-Massey without inversions, in constant time. Of C and B the coefficients 1 to t are planes in which coefficient i is at
/// bit t-i, so that C ends as the polynomial whose roots are the error locations; coefficient 0 is a number. A group of planes holds
/// the words of C and then those of B: one product gives b·C and d·B. <typeparamref name="TWord"/> must not be wider than that.
/// </summary>
internal static class BerlekampMassey<TField, TWord>
    where TField : IBitSlicedField
    where TWord : unmanaged, IBitWord<TWord>
{
    private static int M => TField.Degree;

    /// <summary>Words of the coefficients of one polynomial.</summary>
    private static int Half => 1 << (M - 12);

    /// <summary>Words of scratch.</summary>
    public static int ScratchWords => 8 * Half * M;

    /// <summary>
    /// From 2t syndromes, as planes, to the coefficients 0 to t-1 of the monic polynomial of degree t, as planes.
    /// </summary>
    public static void Run(int t, ReadOnlySpan<ulong> syndromes, Span<ulong> polynomial, Span<ulong> scratch)
    {
        int size = 2 * Half * M;
        Span<ulong> state = scratch[..size];
        Span<ulong> window = scratch.Slice(size, size);
        Span<ulong> factors = scratch.Slice(2 * size, size);
        Span<ulong> product = scratch.Slice(3 * size, size);
        scratch[..(4 * size)].Clear();
        uint c0 = 1;
        uint b0 = 1;
        uint b = 1;
        uint length = 0;
        for (int k = 0; k < 2 * t; k++)
        {
            ShiftDown(state, Half, t, b0);
            b0 = 0;

            // d = c0·s_k + sum of c_i·s_(k-i)
            uint s = ElementAt(syndromes, k);
            MultiplyAll(state, window, product);
            uint d = TField.Multiply(c0, s) ^ SumOfC(product);
            ShiftDown(window, 0, t, s);

            // Where d is not zero and 2L <= k: B = C, b = d, L = k + 1 - L. C = b·C - d·B in every case.
            uint nonzero = (d | (0 - d)) >> 31;
            uint due = ((2 * length) - (uint)k - 1) >> 31;
            uint swap = 0 - (nonzero & due);
            Spread(b, d, factors);
            MultiplyAll(state, factors, product);
            Update(state, product, swap);
            b0 = c0 & swap;
            c0 = TField.Multiply(b, c0);
            b ^= (b ^ d) & swap;
            length ^= (length ^ ((uint)k + 1 - length)) & swap;
        }

        Spread(FieldMath<TField>.Inverse(c0), 0, factors);
        MultiplyAll(state, factors, product);
        for (int word = 0; word < Half; word++)
        {
            for (int p = 0; p < M; p++)
            {
                polynomial[(word * M) + p] = product[Slot(word, p)];
            }
        }
    }

    // Place of a word of a plane in a group: whole vectors one after the other.
    private static int Slot(int word, int plane) =>
        (((word / TWord.Lanes * M) + plane) * TWord.Lanes) + (word % TWord.Lanes);

    private static uint ElementAt(ReadOnlySpan<ulong> planes, int index)
    {
        uint element = 0;
        for (int p = 0; p < M; p++)
        {
            element |= ((uint)(planes[(index / 64 * M) + p] >> (index % 64)) & 1) << p;
        }

        return element;
    }

    // Half of a group one place down; the element comes in at place t-1.
    private static void ShiftDown(Span<ulong> group, int firstWord, int t, uint element)
    {
        for (int p = 0; p < M; p++)
        {
            ulong incoming = (ulong)((element >> p) & 1) << ((t - 1) % 64);
            ref ulong top = ref group[Slot(firstWord + Half - 1, p)];
            if (Half == 2)
            {
                ref ulong low = ref group[Slot(firstWord, p)];
                low = (low >> 1) | (top << 63);
            }

            top = (top >> 1) | incoming;
        }
    }

    private static void MultiplyAll(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> product)
    {
        Debug.Assert(2 * Half % TWord.Lanes == 0, "Whole vectors.");
        for (int i = 0; i < left.Length; i += M * TWord.Lanes)
        {
            TField.Multiply(
                MemoryMarshal.Cast<ulong, TWord>(left[i..]),
                MemoryMarshal.Cast<ulong, TWord>(right[i..]),
                MemoryMarshal.Cast<ulong, TWord>(product[i..]));
        }
    }

    private static uint SumOfC(ReadOnlySpan<ulong> product)
    {
        uint sum = 0;
        for (int p = 0; p < M; p++)
        {
            ulong lanes = product[Slot(0, p)];
            if (Half == 2) lanes ^= product[Slot(1, p)];
            sum |= ((uint)BitOperations.PopCount(lanes) & 1) << p;
        }

        return sum;
    }

    // The factor of C in the words of C, the factor of B in the words of B.
    private static void Spread(uint factorOfC, uint factorOfB, Span<ulong> factors)
    {
        for (int p = 0; p < M; p++)
        {
            ulong c = 0 - (ulong)((factorOfC >> p) & 1);
            ulong b = 0 - (ulong)((factorOfB >> p) & 1);
            for (int word = 0; word < Half; word++)
            {
                factors[Slot(word, p)] = c;
                factors[Slot(Half + word, p)] = b;
            }
        }
    }

    private static void Update(Span<ulong> state, ReadOnlySpan<ulong> product, uint swap)
    {
        ulong mask = 0 - (ulong)(swap & 1);
        for (int word = 0; word < Half; word++)
        {
            for (int p = 0; p < M; p++)
            {
                ref ulong c = ref state[Slot(word, p)];
                ref ulong b = ref state[Slot(Half + word, p)];
                b ^= (b ^ c) & mask;
                c = product[Slot(word, p)] ^ product[Slot(Half + word, p)];
            }
        }
    }
}
