using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Postern.Cryptography;

/// <summary>Two 64-bit lanes in a vector.</summary>
internal readonly struct BitWord128(Vector128<ulong> value) : IBitWord<BitWord128>
{
    private readonly Vector128<ulong> _value = value;

    public static int Lanes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord128 Broadcast(ulong value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord128 operator ^(BitWord128 left, BitWord128 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord128 operator &(BitWord128 left, BitWord128 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord128 operator |(BitWord128 left, BitWord128 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord128 operator <<(BitWord128 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord128 operator >>>(BitWord128 value, int count) => new(value._value >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Parity(BitWord128 value) => (uint)BitOperations.PopCount(value._value.GetElement(0) ^ value._value.GetElement(1)) & 1;
}
