using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>Sixteen integers: AVX-512. Not where the runtime holds 512-bit vectors to be slow.</summary>
internal readonly unsafe struct DsaVector512(Vector512<int> value) : IDsaVector<DsaVector512>
{
    private readonly Vector512<int> _value = value;

    public static bool IsSupported => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated;

    public static int Count => Vector512<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator DsaVector512(Vector512<int> value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Vector512<int>(DsaVector512 value) => value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 operator +(DsaVector512 left, DsaVector512 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 operator -(DsaVector512 left, DsaVector512 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 operator *(DsaVector512 left, DsaVector512 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 operator &(DsaVector512 left, DsaVector512 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 operator |(DsaVector512 left, DsaVector512 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 operator ^(DsaVector512 left, DsaVector512 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 operator ~(DsaVector512 value) => new(~value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 operator <<(DsaVector512 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 operator >>(DsaVector512 value, int count) => new(value._value >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 Load(int* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(DsaVector512 value, int* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 Broadcast(int value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 MultiplyEven(DsaVector512 left, DsaVector512 right) => Avx512F.Multiply(left, right).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 AddWide(DsaVector512 left, DsaVector512 right) => (left._value.AsInt64() + right._value.AsInt64()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 SubtractWide(DsaVector512 left, DsaVector512 right) => (left._value.AsInt64() - right._value.AsInt64()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 ShiftRightWide(DsaVector512 value, int count) => (value._value.AsInt64() >>> count).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 ShiftLeftWide(DsaVector512 value, int count) => (value._value.AsInt64() << count).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 EvenElements(DsaVector512 lower, DsaVector512 upper) =>
        Vector512.Narrow(lower._value.AsInt64(), upper._value.AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void GatherBlocks(ref DsaVector512 v0, ref DsaVector512 v1, ref DsaVector512 v2, ref DsaVector512 v3)
    {
        Vector512<int> low01 = Avx512F.Shuffle4x128(v0, v1, 0b01_00_01_00);
        Vector512<int> high01 = Avx512F.Shuffle4x128(v0, v1, 0b11_10_11_10);
        Vector512<int> low23 = Avx512F.Shuffle4x128(v2, v3, 0b01_00_01_00);
        Vector512<int> high23 = Avx512F.Shuffle4x128(v2, v3, 0b11_10_11_10);
        v0 = Avx512F.Shuffle4x128(low01, low23, 0b10_00_10_00);
        v1 = Avx512F.Shuffle4x128(low01, low23, 0b11_01_11_01);
        v2 = Avx512F.Shuffle4x128(high01, high23, 0b10_00_10_00);
        v3 = Avx512F.Shuffle4x128(high01, high23, 0b11_01_11_01);
    }

    // A transposition of four by four blocks undoes itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScatterBlocks(ref DsaVector512 v0, ref DsaVector512 v1, ref DsaVector512 v2, ref DsaVector512 v3) =>
        GatherBlocks(ref v0, ref v1, ref v2, ref v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeElements(ref DsaVector512 v0, ref DsaVector512 v1, ref DsaVector512 v2, ref DsaVector512 v3)
    {
        Vector512<long> low01 = Avx512F.UnpackLow(v0, v1).AsInt64();
        Vector512<long> high01 = Avx512F.UnpackHigh(v0, v1).AsInt64();
        Vector512<long> low23 = Avx512F.UnpackLow(v2, v3).AsInt64();
        Vector512<long> high23 = Avx512F.UnpackHigh(v2, v3).AsInt64();
        v0 = Avx512F.UnpackLow(low01, low23).AsInt32();
        v1 = Avx512F.UnpackHigh(low01, low23).AsInt32();
        v2 = Avx512F.UnpackLow(high01, high23).AsInt32();
        v3 = Avx512F.UnpackHigh(high01, high23).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 LoadBlocks(byte* source, int bits) =>
        Vector512.Create(DsaVector256.LoadBlocks(source, bits), DsaVector256.LoadBlocks(source + bits, bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector512 ShuffleBytes(DsaVector512 value, DsaVector512 indices) =>
        Avx512BW.Shuffle(value._value.AsByte(), indices._value.AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StoreBelow(DsaVector512 values, DsaVector512 limits, int* destination)
    {
        Vector512<int> below = Vector512.LessThan(values._value, limits._value);
        Avx512F.Compress(Vector512<int>.Zero, below, values).Store(destination);
        return BitOperations.PopCount(below.ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyNegative(DsaVector512 value) => value._value.ExtractMostSignificantBits() != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(DsaVector512 value) => Vector512.Sum(value._value);
}
