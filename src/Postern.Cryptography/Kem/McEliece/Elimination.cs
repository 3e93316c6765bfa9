using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// Gauss-Jordan elimination of a bit matrix (A | B) to (I | T) in constant time, except for the verdict that A is singular. First A is
/// reduced alone, which tells whether there is a result; the row operations stay in A, in the places that have become known, and are
/// replayed on B. A pivot that is zero gets the first row below that has a one there, looked for in the next 64 rows: that these are
/// all zero and another is not has probability 2^-64.
/// </summary>
internal static class Elimination<TWord>
    where TWord : unmanaged, IBitWord<TWord>
{
    private const int Window = 64;
    private const int PivotsAtOnce = 8;

    /// <summary>
    /// Reduces the square A. Afterwards bit (i, k) says whether row k is added to row i in step k; <paramref name="repairs"/> has for
    /// every step a bit for each of the next 64 rows that is added to the pivot's row before.
    /// </summary>
    /// <returns>False if A is singular.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryReduce(Span<ulong> matrix, int rows, int stride, Span<ulong> repairs, Span<ulong> scratch)
    {
        Span<ulong> pivot = scratch[..stride];
        for (int k = 0; k < rows; k++)
        {
            int word = k / 64;
            int bit = k % 64;
            int first = word / TWord.Lanes;
            if (!TryFindRepair(matrix, rows, stride, k, out repairs[k])) return false;
            AddRows(matrix, rows, stride, k, repairs[k], first, pivot);

            // The columns up to k hold operations of earlier steps, which stay as they are.
            Span<ulong> row = matrix.Slice(k * stride, stride);
            ulong behind = (ulong.MaxValue << bit) << 1;
            ulong kept = ~behind & ~(1UL << bit);
            pivot[(first * TWord.Lanes)..word].Clear();
            row[word] = (row[word] & kept) | (pivot[word] & ~kept);
            pivot[word] &= behind;
            pivot[(word + 1)..].CopyTo(row[(word + 1)..]);

            for (int i = 0; i < rows; i++)
            {
                if (i == k) continue;
                TWord mask = TWord.Broadcast(0 - ((matrix[(i * stride) + word] >> bit) & 1));
                Xor(matrix.Slice(i * stride, stride), pivot, mask, first);
            }
        }

        return true;
    }

    /// <summary>Does to B what <see cref="TryReduce"/> did to A.</summary>
    public static void Replay(
        ReadOnlySpan<ulong> operations, int operationStride, ReadOnlySpan<ulong> repairs, int rows, Span<ulong> matrix, int stride, Span<ulong> scratch)
    {
        for (int start = 0; start < rows; start += PivotsAtOnce)
        {
            // The rows that a repair of these pivots may use go through the steps one after the other, all others at once.
            int count = Math.Min(PivotsAtOnce, rows - start);
            int near = Math.Min(rows, start + PivotsAtOnce + Window);
            for (int k = start; k < start + count; k++)
            {
                Span<ulong> pivot = scratch.Slice((k - start) * stride, stride);
                AddRows(matrix, rows, stride, k, repairs[k], 0, pivot);
                pivot.CopyTo(matrix[(k * stride)..]);
                for (int i = start; i < near; i++)
                {
                    if (i == k) continue;
                    TWord mask = TWord.Broadcast(0 - ((operations[(i * operationStride) + (k / 64)] >> (k % 64)) & 1));
                    Xor(matrix.Slice(i * stride, stride), pivot, mask, 0);
                }
            }

            scratch[(count * stride)..(PivotsAtOnce * stride)].Clear();
            for (int i = 0; i < rows; i++)
            {
                if (i == start) i = near;
                if (i >= rows) break;
                uint chosen = (uint)(operations[(i * operationStride) + (start / 64)] >> (start % 64)) & 0xFF;
                XorChosen(matrix.Slice(i * stride, stride), scratch, chosen);
            }
        }
    }

    /// <summary>Words of scratch for <see cref="Replay"/>.</summary>
    public static int ReplayScratch(int stride) => PivotsAtOnce * stride;

    private static bool TryFindRepair(ReadOnlySpan<ulong> matrix, int rows, int stride, int k, out ulong repair)
    {
        int word = k / 64;
        int bit = k % 64;
        ulong found = (matrix[(k * stride) + word] >> bit) & 1;
        repair = 0;
        int near = Math.Min(rows - k - 1, Window);
        for (int i = 0; i < near; i++)
        {
            ulong taken = (matrix[((k + 1 + i) * stride) + word] >> bit) & 1 & ~found;
            repair |= taken << i;
            found |= taken;
        }

        return found != 0;
    }

    // Row k and the chosen ones of the rows below it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(ReadOnlySpan<ulong> matrix, int rows, int stride, int k, ulong chosen, int first, Span<ulong> sum)
    {
        matrix.Slice(k * stride, stride).CopyTo(sum);
        int near = Math.Min(rows - k - 1, Window);
        for (int i = 0; i < near; i++)
        {
            Xor(sum, matrix.Slice((k + 1 + i) * stride, stride), TWord.Broadcast(0 - ((chosen >> i) & 1)), first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Xor(Span<ulong> row, ReadOnlySpan<ulong> other, TWord mask, int first)
    {
        Span<TWord> target = MemoryMarshal.Cast<ulong, TWord>(row);
        ReadOnlySpan<TWord> source = MemoryMarshal.Cast<ulong, TWord>(other)[..target.Length];
        for (int v = first; v < target.Length; v++)
        {
            target[v] = TWord.AddProduct(target[v], source[v], mask);
        }
    }

    // The sum of those of eight rows whose bit is set.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void XorChosen(Span<ulong> row, ReadOnlySpan<ulong> others, uint chosen)
    {
        Span<TWord> target = MemoryMarshal.Cast<ulong, TWord>(row);
        ref TWord source = ref Unsafe.As<ulong, TWord>(ref MemoryMarshal.GetReference(others[..(PivotsAtOnce * row.Length)]));
        TWord mask0 = MaskOf(chosen, 0);
        TWord mask1 = MaskOf(chosen, 1);
        TWord mask2 = MaskOf(chosen, 2);
        TWord mask3 = MaskOf(chosen, 3);
        TWord mask4 = MaskOf(chosen, 4);
        TWord mask5 = MaskOf(chosen, 5);
        TWord mask6 = MaskOf(chosen, 6);
        TWord mask7 = MaskOf(chosen, 7);
        int n = target.Length;
        for (int v = 0; v < n; v++)
        {
            TWord sum = target[v];
            sum = TWord.AddProduct(sum, Unsafe.Add(ref source, v), mask0);
            sum = TWord.AddProduct(sum, Unsafe.Add(ref source, v + n), mask1);
            sum = TWord.AddProduct(sum, Unsafe.Add(ref source, v + (2 * n)), mask2);
            sum = TWord.AddProduct(sum, Unsafe.Add(ref source, v + (3 * n)), mask3);
            sum = TWord.AddProduct(sum, Unsafe.Add(ref source, v + (4 * n)), mask4);
            sum = TWord.AddProduct(sum, Unsafe.Add(ref source, v + (5 * n)), mask5);
            sum = TWord.AddProduct(sum, Unsafe.Add(ref source, v + (6 * n)), mask6);
            sum = TWord.AddProduct(sum, Unsafe.Add(ref source, v + (7 * n)), mask7);
            target[v] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWord MaskOf(uint chosen, int bit) => TWord.Broadcast(0 - ((ulong)(chosen >> bit) & 1));
}
