using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// The public constants of the additive FFT (Gao and Mateer 2010). Bit b of an index stands for z^(m-1-b), so that index and element
/// are each other's bits in reverse. Level l splits at bit m-1-l: with f(s·x) = g0(x² + x) + x·g1(x² + x), where s is the basis
/// element of that bit, the values at the lower half are g0 + γ·g1 and those at the upper half are g1 more.
/// </summary>
internal static class FftConstants<TField>
    where TField : IBitSlicedField
{
    private static readonly uint[][] Bases = MakeBases();

    /// <summary>Level at which the lower half is half a word: bit 5 of the index.</summary>
    public static int HalfWordLevel => TField.Degree - 6;

    /// <summary>γ at a level for an index below its bit.</summary>
    public static uint Twiddle(int level, int index)
    {
        uint sum = 0;
        for (int b = 0; index >> b != 0; b++)
        {
            sum ^= Bases[level][b] & (0 - ((uint)(index >> b) & 1));
        }

        return TField.Multiply(sum, FieldMath<TField>.Inverse(Scale(level)));
    }

    /// <summary>s at a level.</summary>
    public static uint Scale(int level) => Bases[level][^1];

    /// <summary>Spreads elements over planes: bit i of word w of plane p, with the words of one group of planes next to each other.</summary>
    public static TWord[] Slice<TWord>(int count, Func<int, uint> element)
        where TWord : unmanaged, IBitWord<TWord>
    {
        int m = TField.Degree;
        int bits = 64 * TWord.Lanes;
        TWord[] planes = GC.AllocateArray<TWord>(((count + bits - 1) / bits) * m, pinned: true);
        Span<ulong> words = MemoryMarshal.Cast<TWord, ulong>(planes.AsSpan());
        for (int i = 0; i < count; i++)
        {
            uint value = element(i);
            for (int p = 0; p < m; p++)
            {
                int word = ((((i / bits) * m) + p) * TWord.Lanes) + (i % bits / 64);
                words[word] |= (ulong)((value >> p) & 1) << (i % 64);
            }
        }

        return planes;
    }

    // The basis of level l + 1 is γ² + γ for the elements γ of the basis of level l divided by its last.
    private static uint[][] MakeBases()
    {
        int m = TField.Degree;
        uint[][] bases = new uint[m][];
        bases[0] = [.. Enumerable.Range(0, m).Select(b => 1u << (m - 1 - b))];
        for (int level = 1; level < m; level++)
        {
            uint[] above = bases[level - 1];
            uint inverse = FieldMath<TField>.Inverse(above[^1]);
            bases[level] = [.. above[..^1].Select(b => TField.Multiply(b, inverse)).Select(c => TField.Multiply(c, c) ^ c)];
        }

        return bases;
    }
}
