using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>
/// <see cref="KemPacking"/>'s encoding with the bit gathering of BMI2, or without where a processor has none or does it in microcode: there
/// it takes a cycle or more for each bit of the mask, which is a constant, and so is slow but tells nothing.
/// </summary>
internal static class KemBits
{
    // Numbers that are packed at once, because their bits are whole bytes.
    private const int Group = 8;
    private const ulong EachLowest = 0x0001_0001_0001_0001;

    // AMD before family 25 (Zen 3), and Hygon, which is Zen 1.
    private const int FirstQuickFamily = 25;
    private const int AuthenticAmd = 0x68747541;
    private const int HygonGenuine = 0x6F677948;

    private static readonly bool IsQuick = Bmi2.X64.IsSupported && !IsMicrocoded();

    /// <inheritdoc cref="KemPacking.Encode"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Encode(ReadOnlySpan<short> vector, int bits, Span<byte> destination)
    {
        Debug.Assert(destination.Length == vector.Length * bits / 8, "Room for the encoding, no more.");
        if (IsQuick)
        {
            // Sixteen bytes are written and the next group overwrites the rest: not where the destination ends.
            int groups = Math.Max(0, destination.Length - (2 * sizeof(ulong))) / bits;
            ulong mask = EachLowest * ((1UL << bits) - 1);
            int half = Group / 2 * bits;
            fixed (short* numbers = vector)
            fixed (byte* bytes = destination)
            {
                for (int i = 0; i < groups; i++)
                {
                    ulong* four = (ulong*)(numbers + (i * Group));
                    ulong lower = Bmi2.X64.ParallelBitExtract(four[0], mask);
                    ulong upper = Bmi2.X64.ParallelBitExtract(four[1], mask);
                    ulong* target = (ulong*)(bytes + (i * bits));
                    target[0] = lower | (upper << half);
                    target[1] = upper >> (64 - half);
                }
            }

            vector = vector[(groups * Group)..];
            destination = destination[(groups * bits)..];
        }

        KemPacking.Encode(vector, bits, destination);
    }

    /// <inheritdoc cref="KemPacking.Decode"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Decode(ReadOnlySpan<byte> source, int bits, Span<short> vector)
    {
        Debug.Assert(source.Length == vector.Length * bits / 8, "A whole encoding.");
        if (IsQuick)
        {
            int groups = Math.Max(0, source.Length - (2 * sizeof(ulong))) / bits;
            ulong mask = EachLowest * ((1UL << bits) - 1);
            int half = Group / 2 * bits;
            fixed (short* numbers = vector)
            fixed (byte* bytes = source)
            {
                for (int i = 0; i < groups; i++)
                {
                    ulong* from = (ulong*)(bytes + (i * bits));
                    ulong* four = (ulong*)(numbers + (i * Group));
                    four[0] = Bmi2.X64.ParallelBitDeposit(from[0], mask);
                    four[1] = Bmi2.X64.ParallelBitDeposit((from[0] >> half) | (from[1] << (64 - half)), mask);
                }
            }

            vector = vector[(groups * Group)..];
            source = source[(groups * bits)..];
        }

        KemPacking.Decode(source, bits, vector);
    }

    private static bool IsMicrocoded()
    {
        if (!X86Base.IsSupported) return false;
        int vendor = X86Base.CpuId(0, 0).Ebx;
        if (vendor is not (AuthenticAmd or HygonGenuine)) return false;
        int signature = X86Base.CpuId(1, 0).Eax;
        int family = ((signature >> 8) & 15) + ((signature >> 20) & 255);
        return family < FirstQuickFamily;
    }
}
