using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>Sixteen coefficients: AVX2.</summary>
internal readonly unsafe struct KemVector256(Vector256<short> value) : IKemVector<KemVector256>
{
    private readonly Vector256<short> _value = value;

    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 Load(short* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(KemVector256 value, short* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 Create(short value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 operator +(KemVector256 left, KemVector256 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 operator -(KemVector256 left, KemVector256 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 operator *(KemVector256 left, KemVector256 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 operator &(KemVector256 left, KemVector256 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 operator ^(KemVector256 left, KemVector256 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 operator <<(KemVector256 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 operator >>(KemVector256 value, int count) => new(value._value >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 MultiplyHigh(KemVector256 left, KemVector256 right) =>
        new(Avx2.MultiplyHigh(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 MultiplyHighRounded(KemVector256 left, KemVector256 right) =>
        new(Avx2.MultiplyHighRoundScale(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 GreaterThan(KemVector256 left, KemVector256 right) => new(Vector256.GreaterThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(KemVector256 value) => value._value == Vector256<short>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 SpreadLow(KemVector256 value, int length) => length switch
    {
        8 => new(Avx2.Permute4x64(value._value.AsInt64(), 0b0100_0100).AsInt16()),
        4 => new(Avx2.Shuffle(value._value.AsInt32(), 0b0100_0100).AsInt16()),
        _ => new(Avx2.Shuffle(value._value.AsInt32(), 0b1010_0000).AsInt16()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 SpreadHigh(KemVector256 value, int length) => length switch
    {
        8 => new(Avx2.Permute4x64(value._value.AsInt64(), 0b1110_1110).AsInt16()),
        4 => new(Avx2.Shuffle(value._value.AsInt32(), 0b1110_1110).AsInt16()),
        _ => new(Avx2.Shuffle(value._value.AsInt32(), 0b1111_0101).AsInt16()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 Swap(KemVector256 value, int length) => length switch
    {
        8 => new(Avx2.Permute4x64(value._value.AsInt64(), 0b0100_1110).AsInt16()),
        4 => new(Avx2.Shuffle(value._value.AsInt32(), 0b0100_1110).AsInt16()),
        2 => new(Avx2.Shuffle(value._value.AsInt32(), 0b1011_0001).AsInt16()),
        _ => new((value._value.AsUInt32() << 16 | value._value.AsUInt32() >>> 16).AsInt16()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 MultiplyAddPairs(KemVector256 left, KemVector256 right) =>
        new(Avx2.MultiplyAddAdjacent(left._value, right._value).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 AddWords(KemVector256 left, KemVector256 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 JoinLow(KemVector256 even, KemVector256 odd) =>
        Join(even._value.AsUInt32(), odd._value.AsUInt32() << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector256 JoinHigh(KemVector256 even, KemVector256 odd) =>
        Join(even._value.AsUInt32() >>> 16, odd._value.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Accept(byte* blocks, short* coefficients) => KemCandidates.Accept(blocks, coefficients);

    public static void Encode(ReadOnlySpan<short> vector, int bits, Span<byte> destination) => KemBits.Encode(vector, bits, destination);

    public static void Decode(ReadOnlySpan<byte> source, int bits, Span<short> vector) => KemBits.Decode(source, bits, vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static KemVector256 Join(Vector256<uint> even, Vector256<uint> odd) =>
        new(Vector256.ConditionalSelect(Vector256.Create(0xFFFFu), even, odd).AsInt16());
}
