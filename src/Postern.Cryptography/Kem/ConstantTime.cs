using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>Comparison and choice as masks, all ones or all zero, so that no branch sees the outcome.</summary>
internal static class ConstantTime
{
    /// <summary>All ones if both have the same bytes, zero otherwise.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static uint EqualMask(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Debug.Assert(left.Length == right.Length, "Equal lengths.");
        Vector<ulong> differences = Vector<ulong>.Zero;
        int i = 0;
        for (; i <= left.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            differences |= Vector.AsVectorUInt64(new Vector<byte>(left[i..]) ^ new Vector<byte>(right[i..]));
        }

        ulong difference = 0;
        for (int j = 0; j < Vector<ulong>.Count; j++) difference |= differences[j];
        for (; i <= left.Length - sizeof(ulong); i += sizeof(ulong))
        {
            difference |= BinaryPrimitives.ReadUInt64LittleEndian(left[i..]) ^ BinaryPrimitives.ReadUInt64LittleEndian(right[i..]);
        }

        for (; i < left.Length; i++)
        {
            difference |= (uint)(left[i] ^ right[i]);
        }

        // The top bit of x | -x is set unless x is zero.
        return (uint)((difference | (0 - difference)) >> 63) - 1;
    }

    /// <summary>Writes <paramref name="chosen"/> where <paramref name="mask"/> is all ones, <paramref name="other"/> where it is zero.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Select(uint mask, ReadOnlySpan<byte> chosen, ReadOnlySpan<byte> other, Span<byte> destination)
    {
        Debug.Assert(chosen.Length == destination.Length && other.Length == destination.Length, "Equal lengths.");
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)(other[i] ^ (mask & (uint)(chosen[i] ^ other[i])));
        }
    }
}
