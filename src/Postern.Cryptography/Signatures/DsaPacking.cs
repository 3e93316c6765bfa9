using System.Buffers.Binary;
using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>
/// Polynomials as bit strings of a fixed number of bits a coefficient, least significant bit first (FIPS 204 §7.1, algorithms 16 to
/// 19). 256 coefficients always fill whole 32-bit words, so words are what is read and written.
/// </summary>
internal static class DsaPacking
{
    /// <summary>Bytes of a polynomial with <paramref name="bits"/> bits a coefficient.</summary>
    public static int PackedSize(int bits) => DsaPolynomial.Size / 8 * bits;

    /// <summary>Algorithm 16, SimpleBitPack: coefficients in [0, 2^bits).</summary>
    public static void PackUnsigned(ReadOnlySpan<int> polynomial, int bits, Span<byte> destination)
    {
        Debug.Assert(destination.Length == PackedSize(bits), "One packed polynomial.");
        ulong buffer = 0;
        int filled = 0;
        foreach (int coefficient in polynomial)
        {
            Append(ref buffer, ref filled, (uint)coefficient, bits, ref destination);
        }
    }

    /// <summary>Algorithm 17, BitPack: stores upper - coefficient, which is in [0, 2^bits).</summary>
    public static void PackCentred(ReadOnlySpan<int> polynomial, int bits, int upper, Span<byte> destination)
    {
        Debug.Assert(destination.Length == PackedSize(bits), "One packed polynomial.");
        ulong buffer = 0;
        int filled = 0;
        foreach (int coefficient in polynomial)
        {
            Append(ref buffer, ref filled, (uint)(upper - coefficient), bits, ref destination);
        }
    }

    /// <summary>Algorithm 18, SimpleBitUnpack.</summary>
    public static void UnpackUnsigned(ReadOnlySpan<byte> source, int bits, Span<int> polynomial)
    {
        Debug.Assert(source.Length == PackedSize(bits), "One packed polynomial.");
        ulong buffer = 0;
        int filled = 0;
        foreach (ref int coefficient in polynomial)
        {
            coefficient = Take(ref buffer, ref filled, bits, ref source);
        }
    }

    /// <summary>Algorithm 19, BitUnpack: upper - stored.</summary>
    public static void UnpackCentred(ReadOnlySpan<byte> source, int bits, int upper, Span<int> polynomial)
    {
        Debug.Assert(source.Length == PackedSize(bits), "One packed polynomial.");
        ulong buffer = 0;
        int filled = 0;
        foreach (ref int coefficient in polynomial)
        {
            coefficient = upper - Take(ref buffer, ref filled, bits, ref source);
        }
    }

    // The branch depends on how many bits have passed, never on their values.
    private static void Append(ref ulong buffer, ref int filled, uint value, int bits, ref Span<byte> destination)
    {
        buffer |= (ulong)value << filled;
        filled += bits;
        if (filled < 32) return;
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)buffer);
        destination = destination[sizeof(uint)..];
        buffer >>= 32;
        filled -= 32;
    }

    private static int Take(ref ulong buffer, ref int filled, int bits, ref ReadOnlySpan<byte> source)
    {
        if (filled < bits)
        {
            buffer |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(source) << filled;
            source = source[sizeof(uint)..];
            filled += 32;
        }

        int value = (int)buffer & ((1 << bits) - 1);
        buffer >>= bits;
        filled -= bits;
        return value;
    }
}
