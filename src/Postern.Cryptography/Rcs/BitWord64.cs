using System.Numerics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>One 64-bit lane in a general register.</summary>
internal readonly struct BitWord64(ulong value) : IBitWord<BitWord64>
{
    private readonly ulong _value = value;

    public static int Lanes => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord64 Broadcast(ulong value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord64 operator ^(BitWord64 left, BitWord64 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord64 operator &(BitWord64 left, BitWord64 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord64 operator |(BitWord64 left, BitWord64 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord64 operator <<(BitWord64 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord64 operator >>>(BitWord64 value, int count) => new(value._value >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord64 AddProduct(BitWord64 sum, BitWord64 left, BitWord64 right) => new(sum._value ^ (left._value & right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Parity(BitWord64 value) => (uint)BitOperations.PopCount(value._value) & 1;
}
