using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>Eight 64-bit lanes in a vector.</summary>
internal readonly struct BitWord512(Vector512<ulong> value) : IBitWord<BitWord512>
{
    // Bit 4a + 2b + c is a ^ (b & c).
    private const byte AddProductTable = 0b0111_1000;

    private readonly Vector512<ulong> _value = value;

    public static int Lanes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord512 Broadcast(ulong value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord512 operator ^(BitWord512 left, BitWord512 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord512 operator &(BitWord512 left, BitWord512 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord512 operator |(BitWord512 left, BitWord512 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord512 operator <<(BitWord512 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord512 operator >>>(BitWord512 value, int count) => new(value._value >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitWord512 AddProduct(BitWord512 sum, BitWord512 left, BitWord512 right) => Avx512F.IsSupported
        ? new(Avx512F.TernaryLogic(sum._value, left._value, right._value, AddProductTable))
        : new(sum._value ^ (left._value & right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Parity(BitWord512 value) => BitWord256.Parity(new(value._value.GetLower() ^ value._value.GetUpper()));
}
