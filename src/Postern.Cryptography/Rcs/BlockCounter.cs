using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>The counter of RCS: a 256-bit little-endian integer that wraps at 2^256 (primitives §5.3).</summary>
[StructLayout(LayoutKind.Auto)]
internal struct BlockCounter
{
    public ulong Word0;
    public ulong Word1;
    public ulong Word2;
    public ulong Word3;

    public BlockCounter(ReadOnlySpan<byte> bytes)
    {
        Word0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Word1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        Word2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        Word3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
    }

    public readonly void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Word0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Word1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], Word2);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], Word3);
    }

    /// <summary>Adds one, with carry through all 32 bytes and without a branch on the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment()
    {
        Word0++;
        ulong carry = IsZero(Word0);
        Word1 += carry;
        carry &= IsZero(Word1);
        Word2 += carry;
        carry &= IsZero(Word2);
        Word3 += carry;
    }

    /// <summary>Adds a number below 2^63, as <see cref="Increment"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(uint count)
    {
        BlockCounter carry = CarryFromWord0();
        ulong before = Word0;
        Word0 += count;
        ulong wrapped = 0 - ((before & ~Word0) >> 63);
        Word1 += carry.Word1 & wrapped;
        Word2 += carry.Word2 & wrapped;
        Word3 += carry.Word3 & wrapped;
    }

    /// <summary>What is to be added to every word when the lowest has wrapped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly BlockCounter CarryFromWord0()
    {
        ulong carry = IsZero(Word1 + 1);
        return new BlockCounter { Word1 = 1, Word2 = carry, Word3 = carry & IsZero(Word2 + 1) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong IsZero(ulong word) => ((word | (0 - word)) >> 63) ^ 1;
}
