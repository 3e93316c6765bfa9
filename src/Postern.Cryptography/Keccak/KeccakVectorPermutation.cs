using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>
/// Keccak-f[1600] on as many states as a vector has words (FIPS 202 §3). Lane i of all states is one vector, found at
/// i * <see cref="KeccakLanes.Count"/> words.
/// </summary>
internal static unsafe class KeccakVectorPermutation<TUnit, TVector>
    where TUnit : struct, IKeccakUnit<TVector>
    where TVector : struct
{
    /// <summary>
    /// Permutes from <paramref name="source"/>, which stays as it is, to <paramref name="destination"/>, which may be the same. The
    /// scratch is left with a state one round away from the result.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Permute(ulong* source, ulong* destination, ulong* scratch)
    {
        fixed (ulong* constants = KeccakPermutation.RoundConstants)
        {
            for (int i = 0; i < KeccakPermutation.StandardRounds; i += 2)
            {
                Round(source, scratch, constants[i]);
                Round(scratch, destination, constants[i + 1]);
                source = destination;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ulong* a, ulong* e, ulong roundConstant)
    {
        TVector c0 = TUnit.Xor(TUnit.Xor(Lane(a, 0), Lane(a, 5), Lane(a, 10)), Lane(a, 15), Lane(a, 20));
        TVector c1 = TUnit.Xor(TUnit.Xor(Lane(a, 1), Lane(a, 6), Lane(a, 11)), Lane(a, 16), Lane(a, 21));
        TVector c2 = TUnit.Xor(TUnit.Xor(Lane(a, 2), Lane(a, 7), Lane(a, 12)), Lane(a, 17), Lane(a, 22));
        TVector c3 = TUnit.Xor(TUnit.Xor(Lane(a, 3), Lane(a, 8), Lane(a, 13)), Lane(a, 18), Lane(a, 23));
        TVector c4 = TUnit.Xor(TUnit.Xor(Lane(a, 4), Lane(a, 9), Lane(a, 14)), Lane(a, 19), Lane(a, 24));
        TVector d0 = TUnit.Xor(c4, TUnit.RotateLeft(c1, 1));
        TVector d1 = TUnit.Xor(c0, TUnit.RotateLeft(c2, 1));
        TVector d2 = TUnit.Xor(c1, TUnit.RotateLeft(c3, 1));
        TVector d3 = TUnit.Xor(c2, TUnit.RotateLeft(c4, 1));
        TVector d4 = TUnit.Xor(c3, TUnit.RotateLeft(c0, 1));

        TVector b0 = TUnit.Xor(Lane(a, 0), d0);
        TVector b1 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 6), d1), 44);
        TVector b2 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 12), d2), 43);
        TVector b3 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 18), d3), 21);
        TVector b4 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 24), d4), 14);
        Store(TUnit.Xor(TUnit.Chi(b0, b1, b2), TUnit.Broadcast(roundConstant)), e, 0);
        Store(TUnit.Chi(b1, b2, b3), e, 1);
        Store(TUnit.Chi(b2, b3, b4), e, 2);
        Store(TUnit.Chi(b3, b4, b0), e, 3);
        Store(TUnit.Chi(b4, b0, b1), e, 4);

        b0 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 3), d3), 28);
        b1 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 9), d4), 20);
        b2 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 10), d0), 3);
        b3 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 16), d1), 45);
        b4 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 22), d2), 61);
        Store(TUnit.Chi(b0, b1, b2), e, 5);
        Store(TUnit.Chi(b1, b2, b3), e, 6);
        Store(TUnit.Chi(b2, b3, b4), e, 7);
        Store(TUnit.Chi(b3, b4, b0), e, 8);
        Store(TUnit.Chi(b4, b0, b1), e, 9);

        b0 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 1), d1), 1);
        b1 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 7), d2), 6);
        b2 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 13), d3), 25);
        b3 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 19), d4), 8);
        b4 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 20), d0), 18);
        Store(TUnit.Chi(b0, b1, b2), e, 10);
        Store(TUnit.Chi(b1, b2, b3), e, 11);
        Store(TUnit.Chi(b2, b3, b4), e, 12);
        Store(TUnit.Chi(b3, b4, b0), e, 13);
        Store(TUnit.Chi(b4, b0, b1), e, 14);

        b0 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 4), d4), 27);
        b1 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 5), d0), 36);
        b2 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 11), d1), 10);
        b3 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 17), d2), 15);
        b4 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 23), d3), 56);
        Store(TUnit.Chi(b0, b1, b2), e, 15);
        Store(TUnit.Chi(b1, b2, b3), e, 16);
        Store(TUnit.Chi(b2, b3, b4), e, 17);
        Store(TUnit.Chi(b3, b4, b0), e, 18);
        Store(TUnit.Chi(b4, b0, b1), e, 19);

        b0 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 2), d2), 62);
        b1 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 8), d3), 55);
        b2 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 14), d4), 39);
        b3 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 15), d0), 41);
        b4 = TUnit.RotateLeft(TUnit.Xor(Lane(a, 21), d1), 2);
        Store(TUnit.Chi(b0, b1, b2), e, 20);
        Store(TUnit.Chi(b1, b2, b3), e, 21);
        Store(TUnit.Chi(b2, b3, b4), e, 22);
        Store(TUnit.Chi(b3, b4, b0), e, 23);
        Store(TUnit.Chi(b4, b0, b1), e, 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Lane(ulong* lanes, int index) => TUnit.Load(lanes + (index * KeccakLanes.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector value, ulong* lanes, int index) => TUnit.Store(value, lanes + (index * KeccakLanes.Count));
}
