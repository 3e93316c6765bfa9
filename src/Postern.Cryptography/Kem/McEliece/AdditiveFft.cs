using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// The additive FFT (Gao and Mateer 2010) over all 2^m field elements in the order of <see cref="FftConstants{TField}"/>, and its
/// transpose. With 2^(m-6) coefficients, every constant that the radix conversion leaves fills one 64-bit word of values, and all
/// butterflies are between whole words. The words of values lie in one of two orders: in the natural order for the upper levels, in
/// the order of <see cref="LowerSlot"/> for the lower levels, so that no butterfly is between lanes of one vector.
/// </summary>
internal static class AdditiveFft<TField, TWord>
    where TField : IBitSlicedField
    where TWord : unmanaged, IBitWord<TWord>
{
    private static readonly TWord[][] Twiddles = [.. Enumerable.Range(6, M - 6).Select(MakeTwiddles)];
    private static readonly TWord[] HalfWordTwiddles =
        Broadcast(FftConstants<TField>.Slice<BitWord64>(64, i => Level(5, i & 31) ^ ((uint)i >> 5)));

    private static readonly TWord[] LeadingPowers = FftConstants<TField>.Slice<TWord>(
        1 << M, i => FieldMath<TField>.Frobenius(FieldMath<TField>.Reverse((uint)i), M - 6));

    private static int M => TField.Degree;

    private static int Words => 1 << (M - 6);

    private static int Vectors => Words / TWord.Lanes;

    /// <summary>Words that the planes of one value for every field element take.</summary>
    public static int ValueWords => Words * M;

    /// <summary>Words of scratch: another such set of planes, and one group.</summary>
    public static int ScratchWords => ValueWords + (M * TWord.Lanes);

    /// <summary>
    /// The values of a polynomial. <paramref name="coefficients"/>, 2^(m-6) of them as planes of 64-bit words, are destroyed.
    /// <paramref name="monic"/> adds the term x^(2^(m-6)).
    /// </summary>
    public static void Evaluate(Span<ulong> coefficients, bool monic, Span<TWord> values, Span<TWord> scratch)
    {
        RadixConversion<TField>.Convert(coefficients, M - 6);
        Span<TWord> lower = TWord.Lanes == 1 ? values : scratch[..values.Length];
        Span<TWord> product = scratch.Slice(values.Length, M);
        Fill(coefficients, MemoryMarshal.Cast<TWord, ulong>(lower));
        int bit = 6;
        for (; 1 << (bit - 6) < Vectors; bit++)
        {
            Butterflies(lower, Twiddles[bit - 6], 1 << (bit - 6), product);
        }

        if (TWord.Lanes > 1) ToNatural(MemoryMarshal.Cast<TWord, ulong>(lower), MemoryMarshal.Cast<TWord, ulong>(values));
        for (; bit < M; bit++)
        {
            Butterflies(values, Twiddles[bit - 6], (1 << (bit - 6)) / TWord.Lanes, product);
        }

        if (!monic) return;
        for (int i = 0; i < LeadingPowers.Length; i++)
        {
            values[i] ^= LeadingPowers[i];
        }
    }

    /// <summary>
    /// The transpose: the sums over all field elements α of value·α^i for 2^(m-5) exponents i, as planes of 64-bit words. The values
    /// are destroyed.
    /// </summary>
    public static void SumPowers(Span<TWord> values, Span<ulong> sums, Span<TWord> scratch)
    {
        Span<TWord> product = scratch.Slice(values.Length, M);
        int bit = M - 1;
        for (; 1 << (bit - 6) >= Vectors; bit--)
        {
            ButterfliesTransposed(values, Twiddles[bit - 6], (1 << (bit - 6)) / TWord.Lanes, product);
        }

        Span<TWord> lower = TWord.Lanes == 1 ? values : scratch[..values.Length];
        if (TWord.Lanes > 1) FromNatural(MemoryMarshal.Cast<TWord, ulong>(values), MemoryMarshal.Cast<TWord, ulong>(lower));
        for (; bit >= 6; bit--)
        {
            ButterfliesTransposed(lower, Twiddles[bit - 6], 1 << (bit - 6), product);
        }

        // The last level is within the words: a sum of the lanes as they are, and one of the lanes times their twiddle.
        int half = sums.Length / 2;
        SumLanes(MemoryMarshal.Cast<TWord, ulong>(lower), sums[..half]);
        for (int i = 0; i < lower.Length; i += M)
        {
            TField.Multiply(lower[i..], HalfWordTwiddles, lower[i..]);
        }

        SumLanes(MemoryMarshal.Cast<TWord, ulong>(lower), sums[half..]);
        RadixConversion<TField>.Transpose(sums, M - 5);
    }

    private static void Butterflies(Span<TWord> values, TWord[] twiddles, int distance, Span<TWord> product)
    {
        for (int start = 0; start < Vectors; start += 2 * distance)
        {
            for (int i = 0; i < distance; i++)
            {
                Span<TWord> low = values.Slice((start + i) * M, M);
                Span<TWord> high = values.Slice((start + i + distance) * M, M);
                Butterfly(low, high, twiddles.AsSpan(i * M, M), product);
            }
        }
    }

    // (g0, g1) to (g0 + γ·g1, g0 + γ·g1 + g1).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Butterfly(Span<TWord> low, Span<TWord> high, ReadOnlySpan<TWord> twiddle, Span<TWord> product)
    {
        TField.Multiply(high, twiddle, product);
        for (int p = 0; p < low.Length; p++)
        {
            TWord sum = low[p] ^ product[p];
            low[p] = sum;
            high[p] ^= sum;
        }
    }

    private static void ButterfliesTransposed(Span<TWord> values, TWord[] twiddles, int distance, Span<TWord> product)
    {
        for (int start = 0; start < Vectors; start += 2 * distance)
        {
            for (int i = 0; i < distance; i++)
            {
                Span<TWord> low = values.Slice((start + i) * M, M);
                Span<TWord> high = values.Slice((start + i + distance) * M, M);
                ButterflyTransposed(low, high, twiddles.AsSpan(i * M, M), product);
            }
        }
    }

    // (low, high) to (low + high, γ·(low + high) + high).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ButterflyTransposed(Span<TWord> low, Span<TWord> high, ReadOnlySpan<TWord> twiddle, Span<TWord> product)
    {
        for (int p = 0; p < low.Length; p++)
        {
            low[p] ^= high[p];
        }

        TField.Multiply(low, twiddle, product);
        for (int p = 0; p < low.Length; p++)
        {
            high[p] ^= product[p];
        }
    }

    // Place of a word in the order of the lower levels: words that are a lane's length apart share a vector.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LowerSlot(int word) => (word % Vectors * M * TWord.Lanes) + (word / Vectors);

    // Place of a word in the natural order: neighbouring words share a vector.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NaturalSlot(int word) => (word / TWord.Lanes * M * TWord.Lanes) + (word % TWord.Lanes);

    private static void Fill(ReadOnlySpan<ulong> coefficients, Span<ulong> lower)
    {
        for (int word = 0; word < Words; word++)
        {
            int c = ReverseWordIndex(word);
            int from = c / 64 * M;
            int to = LowerSlot(word);
            for (int p = 0; p < M; p++)
            {
                lower[to + (p * TWord.Lanes)] = 0 - ((coefficients[from + p] >> (c % 64)) & 1);
            }
        }
    }

    private static void SumLanes(ReadOnlySpan<ulong> lower, Span<ulong> sums)
    {
        sums.Clear();
        for (int word = 0; word < Words; word++)
        {
            int c = ReverseWordIndex(word);
            int to = c / 64 * M;
            int from = LowerSlot(word);
            for (int p = 0; p < M; p++)
            {
                sums[to + p] |= (ulong)(BitOperations.PopCount(lower[from + (p * TWord.Lanes)]) & 1) << (c % 64);
            }
        }
    }

    private static void ToNatural(ReadOnlySpan<ulong> lower, Span<ulong> natural)
    {
        for (int word = 0; word < Words; word++)
        {
            int from = LowerSlot(word);
            int to = NaturalSlot(word);
            for (int p = 0; p < M; p++)
            {
                natural[to + (p * TWord.Lanes)] = lower[from + (p * TWord.Lanes)];
            }
        }
    }

    private static void FromNatural(ReadOnlySpan<ulong> natural, Span<ulong> lower)
    {
        for (int word = 0; word < Words; word++)
        {
            int from = NaturalSlot(word);
            int to = LowerSlot(word);
            for (int p = 0; p < M; p++)
            {
                lower[to + (p * TWord.Lanes)] = natural[from + (p * TWord.Lanes)];
            }
        }
    }

    private static int ReverseWordIndex(int word) => (int)(FieldMath<TField>.Reverse((uint)word) >> 6);

    private static uint Level(int bit, int index) => FftConstants<TField>.Twiddle(M - 1 - bit, index);

    private static TWord[] MakeTwiddles(int bit)
    {
        int words = 1 << (bit - 6);
        return words < Vectors
            ? Broadcast(FftConstants<TField>.Slice<BitWord64>(64 * words, i => Level(bit, i)))
            : FftConstants<TField>.Slice<TWord>(64 * words, i => Level(bit, i));
    }

    private static TWord[] Broadcast(BitWord64[] planes)
    {
        TWord[] words = GC.AllocateArray<TWord>(planes.Length, pinned: true);
        for (int i = 0; i < planes.Length; i++)
        {
            words[i] = TWord.Broadcast(MemoryMarshal.Cast<BitWord64, ulong>(planes)[i]);
        }

        return words;
    }
}
