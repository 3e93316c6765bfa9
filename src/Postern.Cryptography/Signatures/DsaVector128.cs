using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>Four integers: SSE4.1 or ARM's AdvSimd. A vector is one block.</summary>
internal readonly unsafe struct DsaVector128(Vector128<int> value) : IDsaVector<DsaVector128>
{
    private readonly Vector128<int> _value = value;

    public static bool IsSupported => Sse41.IsSupported || AdvSimd.Arm64.IsSupported;

    public static int Count => Vector128<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator DsaVector128(Vector128<int> value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Vector128<int>(DsaVector128 value) => value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 operator +(DsaVector128 left, DsaVector128 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 operator -(DsaVector128 left, DsaVector128 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 operator *(DsaVector128 left, DsaVector128 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 operator &(DsaVector128 left, DsaVector128 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 operator |(DsaVector128 left, DsaVector128 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 operator ^(DsaVector128 left, DsaVector128 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 operator ~(DsaVector128 value) => new(~value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 operator <<(DsaVector128 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 operator >>(DsaVector128 value, int count) => new(value._value >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 Load(int* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(DsaVector128 value, int* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 Broadcast(int value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 MultiplyEven(DsaVector128 left, DsaVector128 right) => Sse41.IsSupported
        ? Sse41.Multiply(left, right).AsInt32()
        : AdvSimd.MultiplyWideningLower(
            AdvSimd.ExtractNarrowingLower(left._value.AsInt64()), AdvSimd.ExtractNarrowingLower(right._value.AsInt64())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 AddWide(DsaVector128 left, DsaVector128 right) => (left._value.AsInt64() + right._value.AsInt64()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 SubtractWide(DsaVector128 left, DsaVector128 right) => (left._value.AsInt64() - right._value.AsInt64()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 ShiftRightWide(DsaVector128 value, int count) => (value._value.AsInt64() >>> count).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 ShiftLeftWide(DsaVector128 value, int count) => (value._value.AsInt64() << count).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 EvenElements(DsaVector128 lower, DsaVector128 upper) =>
        Vector128.Narrow(lower._value.AsInt64(), upper._value.AsInt64());

    /// <inheritdoc/>
    public static void GatherBlocks(ref DsaVector128 v0, ref DsaVector128 v1, ref DsaVector128 v2, ref DsaVector128 v3)
    {
        // Four vectors are one group: it is in order.
    }

    /// <inheritdoc/>
    public static void ScatterBlocks(ref DsaVector128 v0, ref DsaVector128 v1, ref DsaVector128 v2, ref DsaVector128 v3)
    {
        // As above.
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeElements(ref DsaVector128 v0, ref DsaVector128 v1, ref DsaVector128 v2, ref DsaVector128 v3)
    {
        Vector128<long> low01 = InterleaveLow(v0, v1).AsInt64();
        Vector128<long> high01 = InterleaveHigh(v0, v1).AsInt64();
        Vector128<long> low23 = InterleaveLow(v2, v3).AsInt64();
        Vector128<long> high23 = InterleaveHigh(v2, v3).AsInt64();
        v0 = InterleaveLow(low01, low23).AsInt32();
        v1 = InterleaveHigh(low01, low23).AsInt32();
        v2 = InterleaveLow(high01, high23).AsInt32();
        v3 = InterleaveHigh(high01, high23).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 LoadBlocks(byte* source, int bits) => Vector128.Load(source).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DsaVector128 ShuffleBytes(DsaVector128 value, DsaVector128 indices) =>
        Vector128.ShuffleNative(value._value.AsByte(), indices._value.AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StoreBelow(DsaVector128 values, DsaVector128 limits, int* destination)
    {
        Vector128<int> below = Vector128.LessThan(values._value, limits._value);
        destination[0] = values._value.GetElement(0);
        int count = -below.GetElement(0);
        destination[count] = values._value.GetElement(1);
        count -= below.GetElement(1);
        destination[count] = values._value.GetElement(2);
        count -= below.GetElement(2);
        destination[count] = values._value.GetElement(3);
        return count - below.GetElement(3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyNegative(DsaVector128 value) => value._value.ExtractMostSignificantBits() != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(DsaVector128 value) => Vector128.Sum(value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> InterleaveLow(Vector128<int> left, Vector128<int> right) =>
        Sse2.IsSupported ? Sse2.UnpackLow(left, right) : AdvSimd.Arm64.ZipLow(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> InterleaveHigh(Vector128<int> left, Vector128<int> right) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(left, right) : AdvSimd.Arm64.ZipHigh(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> InterleaveLow(Vector128<long> left, Vector128<long> right) =>
        Sse2.IsSupported ? Sse2.UnpackLow(left, right) : AdvSimd.Arm64.ZipLow(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> InterleaveHigh(Vector128<long> left, Vector128<long> right) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(left, right) : AdvSimd.Arm64.ZipHigh(left, right);
}
