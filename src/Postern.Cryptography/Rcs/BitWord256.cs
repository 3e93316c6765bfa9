using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>Four 64-bit lanes in a vector.</summary>
internal readonly struct BitWord256(Vector256<ulong> value) : IBitWord<BitWord256>
{
    // Bit 4a + 2b + c is a ^ (b & c).
    private const byte AddProductTable = 0b0111_1000;

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
    public static BitWord256 AddProduct(BitWord256 sum, BitWord256 left, BitWord256 right) => Avx512F.VL.IsSupported
        ? new(Avx512F.VL.TernaryLogic(sum._value, left._value, right._value, AddProductTable))
        : new(sum._value ^ (left._value & right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Parity(BitWord256 value) => BitWord128.Parity(new(value._value.GetLower() ^ value._value.GetUpper()));
}
