using System.Buffers.Binary;
using System.Numerics;

namespace Postern.Cryptography;

/// <summary>The integer and string encodings of SP 800-185 §2.3.</summary>
internal static class StringEncoding
{
    /// <summary>Largest encoding of a 64-bit integer: eight bytes and their count.</summary>
    public const int MaxIntegerSize = 9;

    /// <summary><c>left_encode</c>: the byte count, then the integer, big-endian. Returns the bytes written.</summary>
    public static int LeftEncode(ulong value, Span<byte> destination)
    {
        int count = WriteBigEndian(value, destination[1..]);
        destination[0] = (byte)count;
        return count + 1;
    }

    /// <summary><c>right_encode</c>: the integer, big-endian, then the byte count. Returns the bytes written.</summary>
    public static int RightEncode(ulong value, Span<byte> destination)
    {
        int count = WriteBigEndian(value, destination);
        destination[count] = (byte)count;
        return count + 1;
    }

    /// <summary>Absorbs <c>left_encode(value)</c>.</summary>
    public static void AbsorbLeftEncoded(ref KeccakSponge sponge, ulong value)
    {
        Span<byte> encoded = stackalloc byte[MaxIntegerSize];
        sponge.Absorb(encoded[..LeftEncode(value, encoded)]);
    }

    /// <summary>Absorbs <c>encode_string(text)</c>: the length in bits, then the bytes.</summary>
    public static void AbsorbString(ref KeccakSponge sponge, ReadOnlySpan<byte> text)
    {
        AbsorbLeftEncoded(ref sponge, (ulong)text.Length * 8);
        sponge.Absorb(text);
    }

    private static int WriteBigEndian(ulong value, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        int count = Math.Max(1, sizeof(ulong) - (BitOperations.LeadingZeroCount(value) / 8));
        bytes[^count..].CopyTo(destination);
        return count;
    }
}
