using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>Two 64-bit lanes in a vector.</summary>
internal readonly struct BitWord128(Vector128<ulong> value) : IBitWord<BitWord128>
{
    // Bit 4a + 2b + c is a ^ (b & c).
    private const byte AddProductTable = 0b0111_1000;

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
    public static BitWord128 AddProduct(BitWord128 sum, BitWord128 left, BitWord128 right) => Avx512F.VL.IsSupported
        ? new(Avx512F.VL.TernaryLogic(sum._value, left._value, right._value, AddProductTable))
        : new(sum._value ^ (left._value & right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Parity(BitWord128 value) => (uint)BitOperations.PopCount(value._value.GetElement(0) ^ value._value.GetElement(1)) & 1;
}
