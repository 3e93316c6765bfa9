using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>Keccak-f[1600] and its forms with fewer rounds (FIPS 202 §3; primitives §2).</summary>
internal static class KeccakPermutation
{
    /// <summary>Rounds of the standard permutation.</summary>
    public const int StandardRounds = 24;

    /// <summary>The constants of the step iota, round by round (FIPS 202 §3.2.5).</summary>
    internal static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>The fastest path of this machine.</summary>
    public static KeccakPath Fastest { get; } = Enum.GetValues<KeccakPath>().Where(IsSupported).Max();

    /// <summary>Whether <paramref name="path"/> runs on this machine at its intended speed.</summary>
    public static bool IsSupported(KeccakPath path) => path switch
    {
        KeccakPath.Scalar => true,
        KeccakPath.Avx512 => KeccakLinePermutation.IsSupported,
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "Not a path."),
    };

    /// <summary>Applies the 24 rounds of the standard permutation.</summary>
    public static void Permute(ref KeccakState state) => Permute(ref state, StandardRounds);

    /// <summary>
    /// Applies <paramref name="rounds"/> rounds with the <em>first</em> round constants, not the last ones as Keccak-p
    /// would (primitives §2). The number must be even and at most 24.
    /// </summary>
    public static void Permute(ref KeccakState state, int rounds) => Permute(Fastest, ref state, rounds);

    /// <summary>The same on a chosen path.</summary>
    [SkipLocalsInit]
    public static unsafe void Permute(KeccakPath path, ref KeccakState state, int rounds)
    {
        Debug.Assert(rounds is > 0 and <= StandardRounds && (rounds & 1) == 0, "An even number of rounds up to 24.");
        ulong* scratch = stackalloc ulong[KeccakState.LaneCount];
        fixed (ulong* lanes = &state[0])
        {
            Permute(path, lanes, scratch, rounds);
        }

        EraseScratch(scratch);
    }

    /// <summary>XORs each block of <paramref name="rate"/> bytes into the state and permutes, for all blocks in one call.</summary>
    [SkipLocalsInit]
    public static unsafe void AbsorbBlocks(
        ref KeccakState state, ReadOnlySpan<byte> blocks, int rate, int rounds = StandardRounds)
    {
        Debug.Assert(blocks.Length % rate == 0, "Whole blocks only.");
        ulong* scratch = stackalloc ulong[KeccakState.LaneCount];
        fixed (ulong* lanes = &state[0])
        {
            for (; blocks.Length > 0; blocks = blocks[rate..])
            {
                state.Xor(0, blocks[..rate]);
                Permute(Fastest, lanes, scratch, rounds);
            }
        }

        EraseScratch(scratch);
    }

    private static unsafe void Permute(KeccakPath path, ulong* lanes, ulong* scratch, int rounds)
    {
        if (path == KeccakPath.Avx512 && rounds % KeccakLinePermutation.RoundsAtOnce == 0)
        {
            fixed (ulong* constants = RoundConstants)
            {
                KeccakLinePermutation.Permute(lanes, KeccakLineTable.Start, constants, rounds);
            }

            return;
        }

        Permute(lanes, scratch, rounds);
    }

    // Two states in memory, read from one and written to the other: the JIT keeps the five columns in registers and spills nothing else.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Permute(ulong* lanes, ulong* scratch, int rounds)
    {
        fixed (ulong* constants = RoundConstants)
        {
            for (ulong* constant = constants, end = constants + rounds; constant < end; constant += 2)
            {
                Round(lanes, scratch, constant);
                Round(scratch, lanes, constant + 1);
            }
        }
    }

    // The scratch lanes are a state one round away from the secret one.
    private static unsafe void EraseScratch(ulong* scratch) => new Span<ulong>(scratch, KeccakState.LaneCount).Clear();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Round(ulong* a, ulong* e, ulong* roundConstant)
    {
        ulong c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
        ulong c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
        ulong c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
        ulong c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
        ulong c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
        ulong d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
        ulong d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
        ulong d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
        ulong d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
        ulong d4 = c3 ^ BitOperations.RotateLeft(c0, 1);

        ulong b0 = a[0] ^ d0;
        ulong b1 = BitOperations.RotateLeft(a[6] ^ d1, 44);
        ulong b2 = BitOperations.RotateLeft(a[12] ^ d2, 43);
        ulong b3 = BitOperations.RotateLeft(a[18] ^ d3, 21);
        ulong b4 = BitOperations.RotateLeft(a[24] ^ d4, 14);
        e[0] = b0 ^ (~b1 & b2) ^ *roundConstant;
        e[1] = b1 ^ (~b2 & b3);
        e[2] = b2 ^ (~b3 & b4);
        e[3] = b3 ^ (~b4 & b0);
        e[4] = b4 ^ (~b0 & b1);

        b0 = BitOperations.RotateLeft(a[3] ^ d3, 28);
        b1 = BitOperations.RotateLeft(a[9] ^ d4, 20);
        b2 = BitOperations.RotateLeft(a[10] ^ d0, 3);
        b3 = BitOperations.RotateLeft(a[16] ^ d1, 45);
        b4 = BitOperations.RotateLeft(a[22] ^ d2, 61);
        e[5] = b0 ^ (~b1 & b2);
        e[6] = b1 ^ (~b2 & b3);
        e[7] = b2 ^ (~b3 & b4);
        e[8] = b3 ^ (~b4 & b0);
        e[9] = b4 ^ (~b0 & b1);

        b0 = BitOperations.RotateLeft(a[1] ^ d1, 1);
        b1 = BitOperations.RotateLeft(a[7] ^ d2, 6);
        b2 = BitOperations.RotateLeft(a[13] ^ d3, 25);
        b3 = BitOperations.RotateLeft(a[19] ^ d4, 8);
        b4 = BitOperations.RotateLeft(a[20] ^ d0, 18);
        e[10] = b0 ^ (~b1 & b2);
        e[11] = b1 ^ (~b2 & b3);
        e[12] = b2 ^ (~b3 & b4);
        e[13] = b3 ^ (~b4 & b0);
        e[14] = b4 ^ (~b0 & b1);

        b0 = BitOperations.RotateLeft(a[4] ^ d4, 27);
        b1 = BitOperations.RotateLeft(a[5] ^ d0, 36);
        b2 = BitOperations.RotateLeft(a[11] ^ d1, 10);
        b3 = BitOperations.RotateLeft(a[17] ^ d2, 15);
        b4 = BitOperations.RotateLeft(a[23] ^ d3, 56);
        e[15] = b0 ^ (~b1 & b2);
        e[16] = b1 ^ (~b2 & b3);
        e[17] = b2 ^ (~b3 & b4);
        e[18] = b3 ^ (~b4 & b0);
        e[19] = b4 ^ (~b0 & b1);

        b0 = BitOperations.RotateLeft(a[2] ^ d2, 62);
        b1 = BitOperations.RotateLeft(a[8] ^ d3, 55);
        b2 = BitOperations.RotateLeft(a[14] ^ d4, 39);
        b3 = BitOperations.RotateLeft(a[15] ^ d0, 41);
        b4 = BitOperations.RotateLeft(a[21] ^ d1, 2);
        e[20] = b0 ^ (~b1 & b2);
        e[21] = b1 ^ (~b2 & b3);
        e[22] = b2 ^ (~b3 & b4);
        e[23] = b3 ^ (~b4 & b0);
        e[24] = b4 ^ (~b0 & b1);
    }
}
