using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Postern.Cryptography;

/// <summary>Four 64-bit lanes in a vector.</summary>
internal readonly struct BitWord256(Vector256<ulong> value) : IBitWord<BitWord256>
{
    private readonly Vector256<ulong> _value = value;

    public static int Lanes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord256 Broadcast(ulong value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord256 operator ^(BitWord256 left, BitWord256 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord256 operator &(BitWord256 left, BitWord256 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord256 operator |(BitWord256 left, BitWord256 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord256 operator <<(BitWord256 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord256 operator >>>(BitWord256 value, int count) => new(value._value >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Parity(BitWord256 value) => BitWord128.Parity(new(value._value.GetLower() ^ value._value.GetUpper()));
}
