using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>32 coefficients: AVX-512 with VBMI2. Not where the runtime holds 512-bit vectors to be slow.</summary>
internal readonly unsafe struct KemVector512(Vector512<short> value) : IKemVector<KemVector512>
{
    private readonly Vector512<short> _value = value;

    public static bool IsSupported =>
        Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && Avx512Vbmi.IsSupported && Avx512Vbmi2.IsSupported;

    public static int Count => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 Load(short* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(KemVector512 value, short* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 Create(short value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 operator +(KemVector512 left, KemVector512 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 operator -(KemVector512 left, KemVector512 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 operator *(KemVector512 left, KemVector512 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 operator &(KemVector512 left, KemVector512 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 operator ^(KemVector512 left, KemVector512 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 operator <<(KemVector512 value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 operator >>(KemVector512 value, int count) => new(value._value >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 MultiplyHigh(KemVector512 left, KemVector512 right) =>
        new(Avx512BW.MultiplyHigh(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 MultiplyHighRounded(KemVector512 left, KemVector512 right) =>
        new(Avx512BW.MultiplyHighRoundScale(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 GreaterThan(KemVector512 left, KemVector512 right) => new(Vector512.GreaterThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(KemVector512 value) => value._value == Vector512<short>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 SpreadLow(KemVector512 value, int length) => length switch
    {
        16 => new(Avx512F.Shuffle4x128(value._value.AsInt32(), value._value.AsInt32(), 0b0100_0100).AsInt16()),
        8 => new(Avx512F.Shuffle4x128(value._value.AsInt32(), value._value.AsInt32(), 0b1010_0000).AsInt16()),
        4 => new(Avx512F.Shuffle(value._value.AsInt32(), 0b0100_0100).AsInt16()),
        _ => new(Avx512F.Shuffle(value._value.AsInt32(), 0b1010_0000).AsInt16()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 SpreadHigh(KemVector512 value, int length) => length switch
    {
        16 => new(Avx512F.Shuffle4x128(value._value.AsInt32(), value._value.AsInt32(), 0b1110_1110).AsInt16()),
        8 => new(Avx512F.Shuffle4x128(value._value.AsInt32(), value._value.AsInt32(), 0b1111_0101).AsInt16()),
        4 => new(Avx512F.Shuffle(value._value.AsInt32(), 0b1110_1110).AsInt16()),
        _ => new(Avx512F.Shuffle(value._value.AsInt32(), 0b1111_0101).AsInt16()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 Swap(KemVector512 value, int length) => length switch
    {
        16 => new(Avx512F.Shuffle4x128(value._value.AsInt32(), value._value.AsInt32(), 0b0100_1110).AsInt16()),
        8 => new(Avx512F.Shuffle4x128(value._value.AsInt32(), value._value.AsInt32(), 0b1011_0001).AsInt16()),
        4 => new(Avx512F.Shuffle(value._value.AsInt32(), 0b0100_1110).AsInt16()),
        2 => new(Avx512F.Shuffle(value._value.AsInt32(), 0b1011_0001).AsInt16()),
        _ => new(Avx512F.RotateLeft(value._value.AsUInt32(), 16).AsInt16()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 MultiplyAddPairs(KemVector512 left, KemVector512 right) =>
        new(Avx512BW.MultiplyAddAdjacent(left._value, right._value).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 AddWords(KemVector512 left, KemVector512 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 JoinLow(KemVector512 even, KemVector512 odd) =>
        Join(even._value.AsUInt32(), odd._value.AsUInt32() << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KemVector512 JoinHigh(KemVector512 even, KemVector512 odd) =>
        Join(even._value.AsUInt32() >>> 16, odd._value.AsUInt32());

    // 48 bytes hold 32 candidates; the last of eleven turns finds half of its bytes behind the blocks, where all are too large.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Accept(byte* blocks, short* coefficients)
    {
        const int Turn = 48;
        KemBitPatterns patterns = KemBitPatterns.For(KemPacking.FullBits);
        Vector512<short> q = Vector512.Create((short)KemField.Q);
        int count = 0;
        for (byte* end = blocks + (3 * KeccakRate.Bits128); blocks < end && count < KemPolynomial.Length; blocks += Turn)
        {
            Vector512<short> candidates = patterns.Spread(Vector512.Load(blocks));
            Vector512<short> accepted = Vector512.LessThan(candidates, q);
            Avx512Vbmi2.Compress(Vector512<short>.Zero, accepted, candidates).Store(coefficients + count);
            count += BitOperations.PopCount(accepted.ExtractMostSignificantBits());
        }

        return Math.Min(count, KemPolynomial.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Encode(ReadOnlySpan<short> vector, int bits, Span<byte> destination)
    {
        Debug.Assert(vector.Length % Count == 0 && destination.Length == vector.Length * bits / 8, "Room for the encoding, no more.");
        KemBitPatterns patterns = KemBitPatterns.For(bits);
        int turn = Count * bits / 8;
        fixed (short* numbers = vector)
        fixed (byte* bytes = destination)
        {
            byte* target = bytes;
            for (int i = 0; i < vector.Length; i += Count, target += turn)
            {
                Avx512BW.MaskStore(target, patterns.Used, patterns.Join(Vector512.Load(numbers + i)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decode(ReadOnlySpan<byte> source, int bits, Span<short> vector)
    {
        Debug.Assert(vector.Length % Count == 0 && source.Length == vector.Length * bits / 8, "A whole encoding.");
        KemBitPatterns patterns = KemBitPatterns.For(bits);
        int turn = Count * bits / 8;
        fixed (short* numbers = vector)
        fixed (byte* bytes = source)
        {
            byte* from = bytes;
            for (int i = 0; i < vector.Length; i += Count, from += turn)
            {
                Vector512<byte> encoded = Avx512BW.MaskLoad(from, patterns.Used, Vector512<byte>.Zero);
                patterns.Spread(encoded).Store(numbers + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static KemVector512 Join(Vector512<uint> even, Vector512<uint> odd) =>
        new(Vector512.ConditionalSelect(Vector512.Create(0xFFFFu), even, odd).AsInt16());
}
