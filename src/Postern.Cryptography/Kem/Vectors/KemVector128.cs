using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>Eight coefficients: SSE4.1, ARM64.</summary>
internal readonly unsafe struct KemVector128(Vector128<short> value) : IKemVector<KemVector128>
{
    private readonly Vector128<short> _value = value;

    public static bool IsSupported => Sse41.IsSupported || AdvSimd.Arm64.IsSupported;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 Load(short* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(KemVector128 value, short* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 Create(short value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 operator +(KemVector128 left, KemVector128 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 operator -(KemVector128 left, KemVector128 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 operator *(KemVector128 left, KemVector128 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 operator &(KemVector128 left, KemVector128 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 operator ^(KemVector128 left, KemVector128 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 operator <<(KemVector128 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 operator >>(KemVector128 value, int count) => new(value._value >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 MultiplyHigh(KemVector128 left, KemVector128 right) => Sse2.IsSupported
        ? new(Sse2.MultiplyHigh(left._value, right._value))
        : new(AdvSimd.MultiplyDoublingSaturateHigh(left._value, right._value) >> 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 MultiplyHighRounded(KemVector128 left, KemVector128 right) => Ssse3.IsSupported
        ? new(Ssse3.MultiplyHighRoundScale(left._value, right._value))
        : new(AdvSimd.MultiplyRoundedDoublingSaturateHigh(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 GreaterThan(KemVector128 left, KemVector128 right) => new(Vector128.GreaterThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(KemVector128 value) => value._value == Vector128<short>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 SpreadLow(KemVector128 value, int length) => length == 4
        ? Words(value, Vector128.Create(0, 1, 0, 1))
        : Words(value, Vector128.Create(0, 0, 2, 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 SpreadHigh(KemVector128 value, int length) => length == 4
        ? Words(value, Vector128.Create(2, 3, 2, 3))
        : Words(value, Vector128.Create(1, 1, 3, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 Swap(KemVector128 value, int length) => length switch
    {
        4 => Words(value, Vector128.Create(2, 3, 0, 1)),
        2 => Words(value, Vector128.Create(1, 0, 3, 2)),
        _ => new((value._value.AsUInt32() << 16 | value._value.AsUInt32() >>> 16).AsInt16()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 MultiplyAddPairs(KemVector128 left, KemVector128 right) => Sse2.IsSupported
        ? new(Sse2.MultiplyAddAdjacent(left._value, right._value).AsInt16())
        : new(AdvSimd.Arm64.AddPairwise(
            AdvSimd.MultiplyWideningLower(left._value.GetLower(), right._value.GetLower()),
            AdvSimd.MultiplyWideningUpper(left._value, right._value)).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 AddWords(KemVector128 left, KemVector128 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 JoinLow(KemVector128 even, KemVector128 odd) =>
        Join(even._value.AsUInt32(), odd._value.AsUInt32() << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector128 JoinHigh(KemVector128 even, KemVector128 odd) =>
        Join(even._value.AsUInt32() >>> 16, odd._value.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Accept(byte* blocks, short* coefficients) => KemCandidates.Accept(blocks, coefficients);

    public static void Encode(ReadOnlySpan<short> vector, int bits, Span<byte> destination) => KemBits.Encode(vector, bits, destination);

    public static void Decode(ReadOnlySpan<byte> source, int bits, Span<short> vector) => KemBits.Decode(source, bits, vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static KemVector128 Join(Vector128<uint> even, Vector128<uint> odd) =>
        new(Vector128.ConditionalSelect(Vector128.Create(0xFFFFu), even, odd).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static KemVector128 Words(KemVector128 value, Vector128<int> indices) =>
        new(Vector128.Shuffle(value._value.AsInt32(), indices).AsInt16());
}
