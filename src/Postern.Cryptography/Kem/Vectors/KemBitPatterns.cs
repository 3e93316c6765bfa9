using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>How AVX-512 takes 32 numbers of some width out of bytes and puts them back (FIPS 203 §4.2.1). Public data.</summary>
internal readonly struct KemBitPatterns
{
    private const int Largest = 12;
    private const int Numbers = 32;

    private static readonly KemBitPatterns[] All = [.. Enumerable.Range(0, Largest + 1).Select(bits => new KemBitPatterns(bits))];

    private readonly Vector512<byte> _spreadBytes;
    private readonly Vector512<ulong> _spreadBits;
    private readonly Vector512<short> _numberMask;
    private readonly Vector512<short> _joinFactors;
    private readonly Vector512<ulong> _joinOwnRight;
    private readonly Vector512<ulong> _joinOtherLeft;
    private readonly Vector512<byte> _joinBytes;
    private readonly int _pairBits;

    private KemBitPatterns(int bits)
    {
        Span<byte> spreadBytes = stackalloc byte[64];
        Span<byte> spreadBits = stackalloc byte[64];
        Span<byte> joinBytes = stackalloc byte[64];
        Span<byte> used = stackalloc byte[64];
        for (int i = 0; i < 64; i++)
        {
            // Four numbers start at bit 4·bits·word; two bytes of a word hold one of them.
            (int word, int place) = Math.DivRem(i, 8);
            int start = 4 * bits * word;
            spreadBytes[i] = (byte)((start / 8) + place);
            spreadBits[i] = (byte)((start % 8) + (place / 2 * bits) + (place % 2 * 8));
            if (i >= Numbers * bits / 8) continue;

            // Eight numbers are `bits` bytes at the start of sixteen.
            (int half, int offset) = Math.DivRem(i, bits);
            joinBytes[i] = (byte)((16 * half) + offset);
            used[i] = byte.MaxValue;
        }

        _spreadBytes = Vector512.Create<byte>(spreadBytes);
        _spreadBits = Vector512.Create<byte>(spreadBits).AsUInt64();
        _joinBytes = Vector512.Create<byte>(joinBytes);
        Used = Vector512.Create<byte>(used);
        _numberMask = Vector512.Create((short)((1 << bits) - 1));
        _joinFactors = Vector512.Create(1 | (1 << (bits + 16))).AsInt16();
        _pairBits = 2 * bits;
        _joinOwnRight = Vector512.Create(Vector128.Create(0, (ulong)(64 - (4 * bits))));
        _joinOtherLeft = Vector512.Create(Vector128.Create((ulong)(4 * bits), 64));
    }

    /// <summary>All ones in the bytes that 32 numbers take.</summary>
    public Vector512<byte> Used { get; }

    /// <summary>The patterns of numbers of 1 to 12 bits.</summary>
    public static ref readonly KemBitPatterns For(int bits) => ref All[bits];

    /// <summary>32 numbers, least significant bit first, out of the first bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<short> Spread(Vector512<byte> bytes)
    {
        Vector512<byte> words = Avx512Vbmi.PermuteVar64x8(bytes, _spreadBytes);
        return Avx512Vbmi.MultiShift(_spreadBits.AsByte(), words.AsUInt64()).AsInt16() & _numberMask;
    }

    /// <summary>The opposite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<byte> Join(Vector512<short> numbers)
    {
        // Two numbers to a double word, four to a word, eight to two words.
        Vector512<ulong> pairs = Avx512BW.MultiplyAddAdjacent(numbers, _joinFactors).AsUInt64();
        Vector512<ulong> own = (pairs & Vector512.Create((ulong)uint.MaxValue)) | ((pairs >>> 32) << _pairBits);
        Vector512<ulong> other = Avx512F.Shuffle(own.AsInt32(), 0b0100_1110).AsUInt64();
        Vector512<ulong> joined = Avx512F.ShiftRightLogicalVariable(own, _joinOwnRight)
            | Avx512F.ShiftLeftLogicalVariable(other, _joinOtherLeft);
        return Avx512Vbmi.PermuteVar64x8(joined.AsByte(), _joinBytes);
    }
}
