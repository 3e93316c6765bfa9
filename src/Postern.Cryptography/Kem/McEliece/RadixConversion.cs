using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// The first half of the additive FFT: from 2^k coefficients to the 2^k constants that the butterflies start with, and the transpose
/// of that map. Coefficients are planes of 64-bit words; coefficient c becomes the constant whose place is c's k bits in reverse.
/// </summary>
internal static class RadixConversion<TField>
    where TField : IBitSlicedField
{
    // s^(c >> level) for the coefficients c, from level 1 on: s is 1 at level 0.
    private static readonly BitWord64[][] Scales = MakeScales();

    // Bit i of word b is bit b of i.
    private static ReadOnlySpan<ulong> IndexBits =>
    [
        0xAAAAAAAAAAAAAAAA, 0xCCCCCCCCCCCCCCCC, 0xF0F0F0F0F0F0F0F0, 0xFF00FF00FF00FF00, 0xFFFF0000FFFF0000, 0xFFFFFFFF00000000,
    ];

    /// <summary>The constants for 2^<paramref name="bits"/> coefficients, in place.</summary>
    public static void Convert(Span<ulong> planes, int bits)
    {
        for (int level = 0; level < bits; level++)
        {
            Scale(planes, level);
            for (int high = bits - 1; high > level; high--)
            {
                Expand(planes, high);
            }
        }
    }

    /// <summary>The transpose of <see cref="Convert"/>, in place.</summary>
    public static void Transpose(Span<ulong> planes, int bits)
    {
        for (int level = bits - 1; level >= 0; level--)
        {
            for (int high = level + 1; high < bits; high++)
            {
                ExpandTransposed(planes, high);
            }

            Scale(planes, level);
        }
    }

    private static void Scale(Span<ulong> planes, int level)
    {
        if (level == 0) return;
        Span<BitWord64> values = MemoryMarshal.Cast<ulong, BitWord64>(planes);
        for (int i = 0; i < values.Length; i += TField.Degree)
        {
            TField.Multiply<BitWord64>(values[i..], Scales[level].AsSpan(i), values[i..]);
        }
    }

    // With A, B, C, D for the coefficients whose bits (high, high - 1) are 00, 01, 10, 11, and n = 2^(high - 1):
    // A + x^n·B + x^2n·C + x^3n·D = A + x^n·(B + C + D) + (x² + x)^n·(C + D + x^n·D).
    private static void Expand(Span<ulong> planes, int high)
    {
        int m = TField.Degree;
        int shift = 1 << (high - 1);
        switch (high)
        {
            case < 6:
                ulong c = MaskOf(high, 0b10);
                ulong b = MaskOf(high, 0b01);
                foreach (ref ulong word in planes)
                {
                    word ^= (word >> shift) & c;
                    word ^= (word >> shift) & b;
                }

                break;
            case 6:
                for (int i = 0; i < planes.Length; i += 2 * m)
                {
                    for (int p = i; p < i + m; p++)
                    {
                        planes[p + m] ^= planes[p + m] >> 32;
                        planes[p] ^= planes[p + m] << 32;
                    }
                }

                break;
            default:
                Debug.Assert(planes.Length == 4 * m, "256 coefficients.");
                for (int p = 0; p < m; p++)
                {
                    planes[p + (2 * m)] ^= planes[p + (3 * m)];
                    planes[p + m] ^= planes[p + (2 * m)];
                }

                break;
        }
    }

    private static void ExpandTransposed(Span<ulong> planes, int high)
    {
        int m = TField.Degree;
        int shift = 1 << (high - 1);
        switch (high)
        {
            case < 6:
                ulong c = MaskOf(high, 0b10);
                ulong d = MaskOf(high, 0b11);
                foreach (ref ulong word in planes)
                {
                    word ^= (word << shift) & c;
                    word ^= (word << shift) & d;
                }

                break;
            case 6:
                for (int i = 0; i < planes.Length; i += 2 * m)
                {
                    for (int p = i; p < i + m; p++)
                    {
                        planes[p + m] ^= planes[p] >> 32;
                        planes[p + m] ^= planes[p + m] << 32;
                    }
                }

                break;
            default:
                Debug.Assert(planes.Length == 4 * m, "256 coefficients.");
                for (int p = 0; p < m; p++)
                {
                    planes[p + (2 * m)] ^= planes[p + m];
                    planes[p + (3 * m)] ^= planes[p + (2 * m)];
                }

                break;
        }
    }

    // The indices 0 to 63 whose bits (high, high - 1) are as given.
    private static ulong MaskOf(int high, int bits)
    {
        ulong upper = IndexBits[high];
        ulong lower = IndexBits[high - 1];
        return ((bits & 0b10) != 0 ? upper : ~upper) & ((bits & 0b01) != 0 ? lower : ~lower);
    }

    private static BitWord64[][] MakeScales()
    {
        int bits = FftConstants<TField>.HalfWordLevel + 1;
        return [.. Enumerable.Range(0, bits).Select(level => MakeScale(level, 1 << bits))];
    }

    private static BitWord64[] MakeScale(int level, int count)
    {
        uint[] powers = new uint[(count >> level) + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
        {
            powers[i] = TField.Multiply(powers[i - 1], FftConstants<TField>.Scale(level));
        }

        return FftConstants<TField>.Slice<BitWord64>(count, c => powers[c >> level]);
    }
}
