using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>Eight integers: AVX2.</summary>
internal readonly unsafe struct DsaVector256(Vector256<int> value) : IDsaVector<DsaVector256>
{
    private readonly Vector256<int> _value = value;

    // For every set of elements their indices in order, a byte each.
    private static readonly ulong[] Orders = ComputeOrders();

    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => Vector256<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator DsaVector256(Vector256<int> value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Vector256<int>(DsaVector256 value) => value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 operator +(DsaVector256 left, DsaVector256 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 operator -(DsaVector256 left, DsaVector256 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 operator *(DsaVector256 left, DsaVector256 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 operator &(DsaVector256 left, DsaVector256 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 operator |(DsaVector256 left, DsaVector256 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 operator ^(DsaVector256 left, DsaVector256 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 operator ~(DsaVector256 value) => new(~value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 operator <<(DsaVector256 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 operator >>(DsaVector256 value, int count) => new(value._value >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 Load(int* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(DsaVector256 value, int* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 Broadcast(int value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 MultiplyEven(DsaVector256 left, DsaVector256 right) => Avx2.Multiply(left, right).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 AddWide(DsaVector256 left, DsaVector256 right) => (left._value.AsInt64() + right._value.AsInt64()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 SubtractWide(DsaVector256 left, DsaVector256 right) => (left._value.AsInt64() - right._value.AsInt64()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 ShiftRightWide(DsaVector256 value, int count) => (value._value.AsInt64() >>> count).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 ShiftLeftWide(DsaVector256 value, int count) => (value._value.AsInt64() << count).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 EvenElements(DsaVector256 lower, DsaVector256 upper) =>
        Vector256.Narrow(lower._value.AsInt64(), upper._value.AsInt64());

    // Two groups of four blocks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void GatherBlocks(ref DsaVector256 v0, ref DsaVector256 v1, ref DsaVector256 v2, ref DsaVector256 v3)
    {
        Vector256<int> first = Avx2.Permute2x128(v0, v2, 0x20);
        Vector256<int> second = Avx2.Permute2x128(v0, v2, 0x31);
        Vector256<int> third = Avx2.Permute2x128(v1, v3, 0x20);
        v3 = Avx2.Permute2x128(v1, v3, 0x31);
        (v0, v1, v2) = (first, second, third);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScatterBlocks(ref DsaVector256 v0, ref DsaVector256 v1, ref DsaVector256 v2, ref DsaVector256 v3)
    {
        Vector256<int> first = Avx2.Permute2x128(v0, v1, 0x20);
        Vector256<int> second = Avx2.Permute2x128(v2, v3, 0x20);
        Vector256<int> third = Avx2.Permute2x128(v0, v1, 0x31);
        v3 = Avx2.Permute2x128(v2, v3, 0x31);
        (v0, v1, v2) = (first, second, third);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeElements(ref DsaVector256 v0, ref DsaVector256 v1, ref DsaVector256 v2, ref DsaVector256 v3)
    {
        Vector256<long> low01 = Avx2.UnpackLow(v0, v1).AsInt64();
        Vector256<long> high01 = Avx2.UnpackHigh(v0, v1).AsInt64();
        Vector256<long> low23 = Avx2.UnpackLow(v2, v3).AsInt64();
        Vector256<long> high23 = Avx2.UnpackHigh(v2, v3).AsInt64();
        v0 = Avx2.UnpackLow(low01, low23).AsInt32();
        v1 = Avx2.UnpackHigh(low01, low23).AsInt32();
        v2 = Avx2.UnpackLow(high01, high23).AsInt32();
        v3 = Avx2.UnpackHigh(high01, high23).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 LoadBlocks(byte* source, int bits) =>
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + (bits >> 1))).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector256 ShuffleBytes(DsaVector256 value, DsaVector256 indices) =>
        Avx2.Shuffle(value._value.AsByte(), indices._value.AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StoreBelow(DsaVector256 values, DsaVector256 limits, int* destination)
    {
        uint below = Vector256.LessThan(values._value, limits._value).ExtractMostSignificantBits();
        Vector256<int> order = Avx2.ConvertToVector256Int32(Vector128.CreateScalar(Orders[below]).AsByte());
        Avx2.PermuteVar8x32(values, order).Store(destination);
        return BitOperations.PopCount(below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyNegative(DsaVector256 value) => value._value.ExtractMostSignificantBits() != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(DsaVector256 value) => Vector256.Sum(value._value);

    private static ulong[] ComputeOrders()
    {
        ulong[] orders = new ulong[1 << Vector256<int>.Count];
        for (int set = 0; set < orders.Length; set++)
        {
            int position = 0;
            for (int i = 0; i < Vector256<int>.Count; i++)
            {
                if ((set >> i & 1) != 0) orders[set] |= (ulong)i << (8 * position++);
            }
        }

        return orders;
    }
}
