using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Cryptography;

/// <summary>
/// Bitonic sorting networks: which elements are compared depends on the lengths alone, and a comparison is a minimum and a maximum
/// without a branch. A merge of two sorted halves compares i with its mirror image first, then i with i + d for d = size/4, …, 2, 1.
/// </summary>
internal static class SortingNetwork
{
    /// <summary>Sorts a power of two of values below 2^63.</summary>
    public static void Sort(Span<ulong> values) => SortBlocks<Word64Unit, ulong>(values, values.Length);

    /// <summary>Sorts every block of a power of two of values by itself.</summary>
    public static void SortBlocks(McEliecePath path, Span<uint> values, int block)
    {
        Debug.Assert(values.Length % 16 == 0 && values.Length % block == 0, "Whole blocks and vectors.");
        if (path == McEliecePath.Vector512 && Avx512F.IsSupported)
        {
            SortBlocks<Vector512Unit, Vector512<uint>>(MemoryMarshal.Cast<uint, Vector512<uint>>(values), block);
        }
        else if (path >= McEliecePath.Vector256 && Avx2.IsSupported)
        {
            SortBlocks<Vector256Unit, Vector256<uint>>(MemoryMarshal.Cast<uint, Vector256<uint>>(values), block);
        }
        else
        {
            SortBlocks<Word32Unit, uint>(values, block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SortBlocks<TUnit, TVector>(Span<TVector> values, int block)
        where TUnit : struct, ISortingUnit<TVector>
        where TVector : unmanaged
    {
        for (int size = 2; size <= block; size *= 2)
        {
            int vectors = size / TUnit.Lanes;
            for (int start = 0; vectors > 1 && start < values.Length; start += vectors)
            {
                for (int i = 0; i < vectors / 2; i++)
                {
                    ref TVector high = ref values[start + vectors - 1 - i];
                    TVector mirrored = TUnit.Mirror(high);
                    TUnit.Order(ref values[start + i], ref mirrored);
                    high = TUnit.Mirror(mirrored);
                }
            }

            for (int distance = vectors / 4; distance > 0; distance /= 2)
            {
                for (int start = 0; start < values.Length; start += 2 * distance)
                {
                    for (int i = start; i < start + distance; i++) TUnit.Order(ref values[i], ref values[i + distance]);
                }
            }

            int widest = Math.Min(size, TUnit.Lanes) / 2;
            if (widest == 0) continue;
            foreach (ref TVector vector in values)
            {
                TVector sorted = vector;
                for (int distance = widest; distance > 0; distance /= 2)
                {
                    sorted = TUnit.OrderLanes(sorted, (uint)distance, distance == size / 2 ? (uint)size - 1 : (uint)distance);
                }

                vector = sorted;
            }
        }
    }

    /// <summary>Values side by side.</summary>
    private interface ISortingUnit<TVector>
    {
        static abstract int Lanes { get; }

        /// <summary>The smaller of each lane's two into the first.</summary>
        static abstract void Order(ref TVector low, ref TVector high);

        /// <summary>The lanes in reverse.</summary>
        static abstract TVector Mirror(TVector vector);

        /// <summary>Orders each lane i with lane i ^ <paramref name="flip"/>: the smaller goes where <paramref name="distance"/>'s bit of i is clear.</summary>
        static abstract TVector OrderLanes(TVector vector, uint distance, uint flip);
    }

    private readonly struct Vector512Unit : ISortingUnit<Vector512<uint>>
    {
        public static int Lanes => 16;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Order(ref Vector512<uint> low, ref Vector512<uint> high) =>
            (low, high) = (Vector512.Min(low, high), Vector512.Max(low, high));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> Mirror(Vector512<uint> vector) =>
            Avx512F.PermuteVar16x32(vector, Vector512<uint>.Indices ^ Vector512.Create((uint)Lanes - 1));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> OrderLanes(Vector512<uint> vector, uint distance, uint flip)
        {
            Vector512<uint> other = Avx512F.PermuteVar16x32(vector, Vector512<uint>.Indices ^ Vector512.Create(flip));
            Vector512<uint> isLow = Vector512.Equals(Vector512<uint>.Indices & Vector512.Create(distance), Vector512<uint>.Zero);
            return Vector512.ConditionalSelect(isLow, Vector512.Min(vector, other), Vector512.Max(vector, other));
        }
    }

    private readonly struct Vector256Unit : ISortingUnit<Vector256<uint>>
    {
        public static int Lanes => 8;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Order(ref Vector256<uint> low, ref Vector256<uint> high) =>
            (low, high) = (Vector256.Min(low, high), Vector256.Max(low, high));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<uint> Mirror(Vector256<uint> vector) =>
            Avx2.PermuteVar8x32(vector, Vector256<uint>.Indices ^ Vector256.Create((uint)Lanes - 1));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<uint> OrderLanes(Vector256<uint> vector, uint distance, uint flip)
        {
            Vector256<uint> other = Avx2.PermuteVar8x32(vector, Vector256<uint>.Indices ^ Vector256.Create(flip));
            Vector256<uint> isLow = Vector256.Equals(Vector256<uint>.Indices & Vector256.Create(distance), Vector256<uint>.Zero);
            return Vector256.ConditionalSelect(isLow, Vector256.Min(vector, other), Vector256.Max(vector, other));
        }
    }

    /// <summary>One value.</summary>
    private readonly struct Word32Unit : ISortingUnit<uint>
    {
        public static int Lanes => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Order(ref uint low, ref uint high)
        {
            uint exchange = (low ^ high) & (uint)(((long)high - low) >> 63);
            low ^= exchange;
            high ^= exchange;
        }

        public static uint Mirror(uint vector) => vector;

        public static uint OrderLanes(uint vector, uint distance, uint flip) => vector;
    }

    /// <summary>One value below 2^63.</summary>
    private readonly struct Word64Unit : ISortingUnit<ulong>
    {
        public static int Lanes => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Order(ref ulong low, ref ulong high)
        {
            ulong exchange = (low ^ high) & (ulong)((long)(high - low) >> 63);
            low ^= exchange;
            high ^= exchange;
        }

        public static ulong Mirror(ulong vector) => vector;

        public static ulong OrderLanes(ulong vector, uint distance, uint flip) => vector;
    }
}
