using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>Columns of the parity matrix: row i·m + b has bit b of α^i / g(α). (primitives §9)</summary>
internal static class ParityMatrix<TField, TWord>
    where TField : IBitSlicedField
    where TWord : unmanaged, IBitWord<TWord>
{
    private static int M => TField.Degree;

    private static int BitsAtOnce => 64 * TWord.Lanes;

    /// <summary>Words of scratch.</summary>
    public static int ScratchWords => 4 * M * TWord.Lanes;

    /// <summary>Fills rows of <paramref name="stride"/> words; columns beyond the support are zero.</summary>
    public static void Fill(
        ReadOnlySpan<ushort> support, ReadOnlySpan<ushort> goppa, Span<ulong> matrix, int stride, Span<ulong> scratch)
    {
        Span<ulong> alphaWords = scratch[..(M * TWord.Lanes)];
        Span<TWord> groups = MemoryMarshal.Cast<ulong, TWord>(scratch[..ScratchWords]);
        Span<TWord> alpha = groups[..M];
        Span<TWord> value = groups.Slice(M, M);
        Span<TWord> rows = MemoryMarshal.Cast<ulong, TWord>(matrix);
        int vectors = stride / TWord.Lanes;
        for (int v = 0; v < vectors; v++)
        {
            ReadOnlySpan<ushort> part = support[Math.Min(v * BitsAtOnce, support.Length)..];
            part = part[..Math.Min(BitsAtOnce, part.Length)];
            Slice(part, alphaWords);
            EvaluateGoppa(goppa, alpha, value);
            FieldMath<TField>.Inverse<TWord>(value, value, groups[(2 * M)..]);
            KeepFirst(part.Length, MemoryMarshal.Cast<TWord, ulong>(value));
            for (int i = 0; i < goppa.Length; i++)
            {
                for (int p = 0; p < M; p++)
                {
                    rows[(((i * M) + p) * vectors) + v] = value[p];
                }

                TField.Multiply<TWord>(value, alpha, value);
            }
        }
    }

    private static void Slice(ReadOnlySpan<ushort> elements, Span<ulong> planes)
    {
        planes.Clear();
        for (int i = 0; i < elements.Length; i++)
        {
            for (int p = 0; p < M; p++)
            {
                planes[(p * TWord.Lanes) + (i / 64)] |= (((ulong)elements[i] >> p) & 1) << (i % 64);
            }
        }
    }

    // Horner's rule; the leading coefficient is 1.
    private static void EvaluateGoppa(ReadOnlySpan<ushort> goppa, ReadOnlySpan<TWord> alpha, Span<TWord> value)
    {
        value.Clear();
        value[0] = TWord.Broadcast(ulong.MaxValue);
        for (int i = goppa.Length - 1; i >= 0; i--)
        {
            TField.Multiply(value, alpha, value);
            for (int p = 0; p < M; p++)
            {
                value[p] ^= TWord.Broadcast(0 - (((ulong)goppa[i] >> p) & 1));
            }
        }
    }

    private static void KeepFirst(int count, Span<ulong> planes)
    {
        for (int i = 0; i < planes.Length; i++)
        {
            int kept = count - (i % TWord.Lanes * 64);
            if (kept < 64) planes[i] &= kept <= 0 ? 0 : ulong.MaxValue >> (64 - kept);
        }
    }
}
