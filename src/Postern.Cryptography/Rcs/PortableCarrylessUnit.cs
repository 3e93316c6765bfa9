using System.Buffers.Binary;

namespace Postern.Cryptography;

/// <summary>
/// Ordinary multiplication with gaps: where operands have every fourth bit only, at most 15 partial products meet in one place of the
/// low half, or 16 in the last place, so that no carry reaches the next place that counts. Without tables or branches.
/// </summary>
internal readonly struct PortableCarrylessUnit : ICarrylessUnit
{
    private const ulong EveryFourth = 0x1111_1111_1111_1111;

    // Reversed operands give the reversed product: bit 127 - 1 becomes bit 0.
    public static (ulong Low, ulong High) Multiply(ulong a, ulong b) =>
        (MultiplyLow(a, b), Reverse(MultiplyLow(Reverse(a), Reverse(b))) >>> 1);

    private static ulong MultiplyLow(ulong a, ulong b)
    {
        ulong a0 = a & EveryFourth;
        ulong a1 = a & (EveryFourth << 1);
        ulong a2 = a & (EveryFourth << 2);
        ulong a3 = a & (EveryFourth << 3);
        ulong b0 = b & EveryFourth;
        ulong b1 = b & (EveryFourth << 1);
        ulong b2 = b & (EveryFourth << 2);
        ulong b3 = b & (EveryFourth << 3);
        ulong c0 = (a0 * b0) ^ (a1 * b3) ^ (a2 * b2) ^ (a3 * b1);
        ulong c1 = (a0 * b1) ^ (a1 * b0) ^ (a2 * b3) ^ (a3 * b2);
        ulong c2 = (a0 * b2) ^ (a1 * b1) ^ (a2 * b0) ^ (a3 * b3);
        ulong c3 = (a0 * b3) ^ (a1 * b2) ^ (a2 * b1) ^ (a3 * b0);
        return (c0 & EveryFourth) | (c1 & (EveryFourth << 1)) | (c2 & (EveryFourth << 2)) | (c3 & (EveryFourth << 3));
    }

    private static ulong Reverse(ulong value)
    {
        value = Swap(value, 0x5555_5555_5555_5555, 1);
        value = Swap(value, 0x3333_3333_3333_3333, 2);
        value = Swap(value, 0x0F0F_0F0F_0F0F_0F0F, 4);
        return BinaryPrimitives.ReverseEndianness(value);
    }

    private static ulong Swap(ulong value, ulong mask, int count) => ((value & mask) << count) | ((value >>> count) & mask);
}
