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
    /// <summary>Sorts values below 2^63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sort(Span<ulong> values)
    {
        for (int size = 2; size <= values.Length; size *= 2)
        {
            for (int start = 0; start < values.Length; start += size)
            {
                for (int i = 0; i < size / 2; i++)
                {
                    Order(ref values[start + i], ref values[start + size - 1 - i]);
                }
            }

            for (int distance = size / 4; distance > 0; distance /= 2)
            {
                for (int start = 0; start < values.Length; start += 2 * distance)
                {
                    for (int i = start; i < start + distance; i++)
                    {
                        Order(ref values[i], ref values[i + distance]);
                    }
                }
            }
        }
    }

    /// <summary>Sorts every block of a power of two of values by itself.</summary>
    public static void SortBlocks(McEliecePath path, Span<uint> values, int block)
    {
        Debug.Assert(values.Length % 16 == 0 && values.Length % block == 0, "Whole blocks and vectors.");
        if (path == McEliecePath.Vector512 && Avx512F.IsSupported)
        {
            SortBlocks512(MemoryMarshal.Cast<uint, Vector512<uint>>(values), block);
        }
        else if (path >= McEliecePath.Vector256 && Avx2.IsSupported)
        {
            SortBlocks256(MemoryMarshal.Cast<uint, Vector256<uint>>(values), block);
        }
        else
        {
            SortBlocks(values, block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SortBlocks(Span<uint> values, int block)
    {
        for (int size = 2; size <= block; size *= 2)
        {
            for (int start = 0; start < values.Length; start += size)
            {
                for (int i = 0; i < size / 2; i++)
                {
                    Order(ref values[start + i], ref values[start + size - 1 - i]);
                }
            }

            for (int distance = size / 4; distance > 0; distance /= 2)
            {
                for (int start = 0; start < values.Length; start += 2 * distance)
                {
                    for (int i = start; i < start + distance; i++)
                    {
                        Order(ref values[i], ref values[i + distance]);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SortBlocks512(Span<Vector512<uint>> values, int block)
    {
        const int Lanes = 16;
        Vector512<uint> mirror = Vector512<uint>.Indices ^ Vector512.Create(Lanes - 1u);
        for (int size = 2; size <= block; size *= 2)
        {
            int vectors = size / Lanes;
            for (int start = 0; vectors > 1 && start < values.Length; start += vectors)
            {
                for (int i = 0; i < vectors / 2; i++)
                {
                    ref Vector512<uint> low = ref values[start + i];
                    ref Vector512<uint> high = ref values[start + vectors - 1 - i];
                    Vector512<uint> mirrored = Avx512F.PermuteVar16x32(high, mirror);
                    high = Avx512F.PermuteVar16x32(Vector512.Max(low, mirrored), mirror);
                    low = Vector512.Min(low, mirrored);
                }
            }

            for (int distance = vectors / 4; distance > 0; distance /= 2)
            {
                for (int start = 0; start < values.Length; start += 2 * distance)
                {
                    for (int i = start; i < start + distance; i++)
                    {
                        Vector512<uint> low = values[i];
                        Vector512<uint> high = values[i + distance];
                        values[i] = Vector512.Min(low, high);
                        values[i + distance] = Vector512.Max(low, high);
                    }
                }
            }

            int widest = Math.Min(size, Lanes) / 2;
            foreach (ref Vector512<uint> vector in values)
            {
                Vector512<uint> sorted = vector;
                for (int distance = widest; distance > 0; distance /= 2)
                {
                    uint flip = distance == size / 2 ? (uint)size - 1 : (uint)distance;
                    Vector512<uint> other = Avx512F.PermuteVar16x32(sorted, Vector512<uint>.Indices ^ Vector512.Create(flip));
                    Vector512<uint> isLow = Vector512.Equals(Vector512<uint>.Indices & Vector512.Create((uint)distance), Vector512<uint>.Zero);
                    sorted = Vector512.ConditionalSelect(isLow, Vector512.Min(sorted, other), Vector512.Max(sorted, other));
                }

                vector = sorted;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SortBlocks256(Span<Vector256<uint>> values, int block)
    {
        const int Lanes = 8;
        Vector256<uint> mirror = Vector256<uint>.Indices ^ Vector256.Create(Lanes - 1u);
        for (int size = 2; size <= block; size *= 2)
        {
            int vectors = size / Lanes;
            for (int start = 0; vectors > 1 && start < values.Length; start += vectors)
            {
                for (int i = 0; i < vectors / 2; i++)
                {
                    ref Vector256<uint> low = ref values[start + i];
                    ref Vector256<uint> high = ref values[start + vectors - 1 - i];
                    Vector256<uint> mirrored = Avx2.PermuteVar8x32(high, mirror);
                    high = Avx2.PermuteVar8x32(Vector256.Max(low, mirrored), mirror);
                    low = Vector256.Min(low, mirrored);
                }
            }

            for (int distance = vectors / 4; distance > 0; distance /= 2)
            {
                for (int start = 0; start < values.Length; start += 2 * distance)
                {
                    for (int i = start; i < start + distance; i++)
                    {
                        Vector256<uint> low = values[i];
                        Vector256<uint> high = values[i + distance];
                        values[i] = Vector256.Min(low, high);
                        values[i + distance] = Vector256.Max(low, high);
                    }
                }
            }

            int widest = Math.Min(size, Lanes) / 2;
            foreach (ref Vector256<uint> vector in values)
            {
                Vector256<uint> sorted = vector;
                for (int distance = widest; distance > 0; distance /= 2)
                {
                    uint flip = distance == size / 2 ? (uint)size - 1 : (uint)distance;
                    Vector256<uint> other = Avx2.PermuteVar8x32(sorted, Vector256<uint>.Indices ^ Vector256.Create(flip));
                    Vector256<uint> isLow = Vector256.Equals(Vector256<uint>.Indices & Vector256.Create((uint)distance), Vector256<uint>.Zero);
                    sorted = Vector256.ConditionalSelect(isLow, Vector256.Min(sorted, other), Vector256.Max(sorted, other));
                }

                vector = sorted;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Order(ref ulong low, ref ulong high)
    {
        ulong exchange = (low ^ high) & (ulong)((long)(high - low) >> 63);
        low ^= exchange;
        high ^= exchange;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Order(ref uint low, ref uint high)
    {
        uint exchange = (low ^ high) & (uint)(((long)high - low) >> 63);
        low ^= exchange;
        high ^= exchange;
    }
}
