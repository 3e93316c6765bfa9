using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>XORs one block for each of several states into <see cref="KeccakLanes"/>: a transposition from words of one block to words of one lane.</summary>
internal static unsafe class KeccakLanesBlocks
{
    private const int Four = 4;
    private const int Eight = 8;

    /// <summary>Blocks for all eight states, with AVX-512.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void XorEight(ulong* lanes, byte** sources, int offset, int words)
    {
        int word = words % Eight;
        for (int state = 0; state < Eight; state++) XorWords(lanes + state, (ulong*)(sources[state] + offset), word);
        for (; word < words; word += Eight)
        {
            int at = offset + (word * sizeof(ulong));
            Vector512<ulong> a = Vector512.Load((ulong*)(sources[0] + at));
            Vector512<ulong> b = Vector512.Load((ulong*)(sources[1] + at));
            Vector512<ulong> c = Vector512.Load((ulong*)(sources[2] + at));
            Vector512<ulong> d = Vector512.Load((ulong*)(sources[3] + at));
            Vector512<ulong> e = Vector512.Load((ulong*)(sources[4] + at));
            Vector512<ulong> f = Vector512.Load((ulong*)(sources[5] + at));
            Vector512<ulong> g = Vector512.Load((ulong*)(sources[6] + at));
            Vector512<ulong> h = Vector512.Load((ulong*)(sources[7] + at));
            ulong* lane = lanes + (word * KeccakLanes.Count);
            XorEveryOther(
                Avx512F.UnpackLow(a, b), Avx512F.UnpackLow(c, d), Avx512F.UnpackLow(e, f), Avx512F.UnpackLow(g, h), lane);
            XorEveryOther(
                Avx512F.UnpackHigh(a, b), Avx512F.UnpackHigh(c, d), Avx512F.UnpackHigh(e, f), Avx512F.UnpackHigh(g, h),
                lane + KeccakLanes.Count);
        }
    }

    /// <summary>Blocks for four states next to each other, with 256-bit vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void XorFour(ulong* lanes, byte** sources, int offset, int words)
    {
        int word = words % Four;
        for (int state = 0; state < Four; state++) XorWords(lanes + state, (ulong*)(sources[state] + offset), word);
        for (; word < words; word += Four)
        {
            int at = offset + (word * sizeof(ulong));
            Vector256<ulong> a = Vector256.Load((ulong*)(sources[0] + at));
            Vector256<ulong> b = Vector256.Load((ulong*)(sources[1] + at));
            Vector256<ulong> c = Vector256.Load((ulong*)(sources[2] + at));
            Vector256<ulong> d = Vector256.Load((ulong*)(sources[3] + at));
            ulong* lane = lanes + (word * KeccakLanes.Count);
            XorPair(Avx2.UnpackLow(a, b), Avx2.UnpackLow(c, d), lane);
            XorPair(Avx2.UnpackHigh(a, b), Avx2.UnpackHigh(c, d), lane + KeccakLanes.Count);
        }
    }

    /// <summary>Words for one state, which may be none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void XorWords(ulong* lane, ulong* source, int words)
    {
        for (int i = 0; i < words; i++) lane[i * KeccakLanes.Count] ^= source[i];
    }

    // Quarter k of all four vectors is lane 2k.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void XorEveryOther(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c, Vector512<ulong> d, ulong* lane)
    {
        Vector512<ulong> lowAb = Avx512F.Shuffle4x128(a, b, 0b01_00_01_00);
        Vector512<ulong> highAb = Avx512F.Shuffle4x128(a, b, 0b11_10_11_10);
        Vector512<ulong> lowCd = Avx512F.Shuffle4x128(c, d, 0b01_00_01_00);
        Vector512<ulong> highCd = Avx512F.Shuffle4x128(c, d, 0b11_10_11_10);
        Xor(Avx512F.Shuffle4x128(lowAb, lowCd, 0b10_00_10_00), lane);
        Xor(Avx512F.Shuffle4x128(lowAb, lowCd, 0b11_01_11_01), lane + (2 * KeccakLanes.Count));
        Xor(Avx512F.Shuffle4x128(highAb, highCd, 0b10_00_10_00), lane + (4 * KeccakLanes.Count));
        Xor(Avx512F.Shuffle4x128(highAb, highCd, 0b11_01_11_01), lane + (6 * KeccakLanes.Count));
    }

    // The low halves are lane 0, the high halves lane 2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void XorPair(Vector256<ulong> a, Vector256<ulong> b, ulong* lane)
    {
        Xor(Avx2.Permute2x128(a, b, 0x20), lane);
        Xor(Avx2.Permute2x128(a, b, 0x31), lane + (2 * KeccakLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Xor(Vector512<ulong> words, ulong* lane) => (Vector512.Load(lane) ^ words).Store(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Xor(Vector256<ulong> words, ulong* lane) => (Vector256.Load(lane) ^ words).Store(lane);
}
