using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>Polynomials as bytes, and their compression (FIPS 203 §4.2.1).</summary>
internal static class KemPacking
{
    /// <summary>Bits of a coefficient that is not compressed.</summary>
    public const int FullBits = 12;

    // Coefficients that are packed at once, because their bits are whole bytes.
    private const int Group = 8;

    /// <summary>Size in bytes of a polynomial with <paramref name="bits"/> bits a coefficient.</summary>
    public static int EncodedSize(int bits) => KemPolynomial.Length * bits / 8;

    /// <summary>ByteEncode, algorithm 5: <paramref name="bits"/> bits a coefficient, at most 12, least significant bit first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Encode(ReadOnlySpan<short> polynomial, int bits, Span<byte> destination)
    {
        Debug.Assert(destination.Length == polynomial.Length * bits / 8, "Room for the encoding, no more.");
        int half = Group / 2 * bits;
        while (!polynomial.IsEmpty)
        {
            ulong lower = Join(polynomial, bits);
            ulong upper = Join(polynomial[(Group / 2)..], bits);
            Store(lower | (upper << half), upper >> (64 - half), destination[..bits]);
            polynomial = polynomial[Group..];
            destination = destination[bits..];
        }
    }

    /// <summary>ByteDecode, algorithm 6, of <paramref name="bits"/> bits a coefficient. Twelve bits are not reduced modulo q.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decode(ReadOnlySpan<byte> source, int bits, Span<short> polynomial)
    {
        Debug.Assert(source.Length == polynomial.Length * bits / 8, "A whole encoding.");
        int half = Group / 2 * bits;
        while (!polynomial.IsEmpty)
        {
            ulong low = Load(source[..bits], out ulong high);
            Split(low, bits, polynomial);
            Split((low >> half) | (high << (64 - half)), bits, polynomial[(Group / 2)..]);
            source = source[bits..];
            polynomial = polynomial[Group..];
        }
    }

    /// <summary>Compress (4.7): ⌈2^d/q·x⌋ mod 2^d for coefficients from 0 to q-1, in place.</summary>
    // The quotient by q is a product with 2^36/q rounded up: exact for the numerators here, which are below 2^23, and not a division,
    // whose time would depend on the secret.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(Span<short> polynomial, int bits)
    {
        const ulong Reciprocal = 20642679;
        ulong mask = (1UL << bits) - 1;
        for (int i = 0; i < polynomial.Length; i++)
        {
            ulong numerator = ((ulong)(ushort)polynomial[i] << bits) + (KemField.Q / 2);
            polynomial[i] = (short)(((numerator * Reciprocal) >> 36) & mask);
        }
    }

    /// <summary>Decompress (4.8): ⌈q/2^d·y⌋, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decompress(Span<short> polynomial, int bits)
    {
        int rounding = 1 << (bits - 1);
        for (int i = 0; i < polynomial.Length; i++)
        {
            polynomial[i] = (short)(((polynomial[i] * KemField.Q) + rounding) >> bits);
        }
    }

    // Half a group side by side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Join(ReadOnlySpan<short> values, int bits) =>
        (ushort)values[0] | ((ulong)(ushort)values[1] << bits)
        | ((ulong)(ushort)values[2] << (2 * bits)) | ((ulong)(ushort)values[3] << (3 * bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split(ulong joined, int bits, Span<short> values)
    {
        uint mask = (1u << bits) - 1;
        values[3] = (short)((uint)(joined >> (3 * bits)) & mask);
        values[2] = (short)((uint)(joined >> (2 * bits)) & mask);
        values[1] = (short)((uint)(joined >> bits) & mask);
        values[0] = (short)((uint)joined & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ulong low, ulong high, Span<byte> destination)
    {
        int i = 0;
        if (destination.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, low);
            low = high;
            i = sizeof(ulong);
        }

        for (; i < destination.Length; i++)
        {
            destination[i] = (byte)low;
            low >>= 8;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ReadOnlySpan<byte> source, out ulong high)
    {
        if (source.Length < sizeof(ulong))
        {
            high = 0;
            return LoadBytes(source);
        }

        high = LoadBytes(source[sizeof(ulong)..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(source);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LoadBytes(ReadOnlySpan<byte> source)
    {
        ulong value = 0;
        for (int i = source.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | source[i];
        }

        return value;
    }
}
