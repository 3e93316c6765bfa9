using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// The control bits of a permutation (Bernstein 2020, "Verified fast formulas for control bits for permutation networks"), in
/// constant time: composition is sorting. All permutations of one recursion level are handled at once, block after block: level r has
/// 2^r blocks; block b permutes the places whose r lowest bits are b.
/// </summary>
internal static class ControlBits
{
    private const int KeyShift = 16;
    private const uint ValueMask = 0xFFFF;

    /// <summary>Words of scratch for each element of the permutation.</summary>
    public const int ScratchPerElement = 4;

    /// <summary>Sets the control bits of π, 2m-1 layers of 2^(m-1) bits. π is destroyed.</summary>
    public static void Compute(McEliecePath path, int m, Span<uint> permutation, Span<uint> scratch, Span<byte> controls)
    {
        int count = permutation.Length;
        Span<uint> inverse = scratch[..count];
        Span<uint> power = scratch.Slice(count, count);
        Span<uint> smallest = scratch.Slice(2 * count, count);
        Span<uint> pairs = scratch.Slice(3 * count, count);
        controls.Clear();
        for (int r = 0; r < m - 1; r++)
        {
            int block = count >> r;
            Invert(path, block, permutation, inverse, pairs);
            SmallestOfCycles(path, m - r, permutation, power, smallest, pairs);

            // F exchanges 2j and 2j+1 where the smallest element of the cycle of 2j is odd.
            WriteLayer(controls, r, r, block, smallest);

            // F∘π
            for (int i = 0; i < count; i++)
            {
                uint first = smallest[i & ~1] & 1;
                pairs[i] = (inverse[i] << KeyShift) | (((uint)i & ((uint)block - 1)) ^ first);
            }

            SortValues(path, block, pairs, power);

            // L exchanges 2k and 2k+1 where F(π(2k)) is odd; then M = F∘π∘L keeps the lowest bit of every place.
            WriteLayer(controls, (2 * m) - 2 - r, r, block, power);
            Split(block, power, permutation);
        }

        // Blocks of two.
        WriteLayer(controls, m - 1, m - 1, 2, permutation);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(scratch));
    }

    private static void Invert(McEliecePath path, int block, ReadOnlySpan<uint> permutation, Span<uint> inverse, Span<uint> pairs)
    {
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = (permutation[i] << KeyShift) | ((uint)i & ((uint)block - 1));
        }

        SortValues(path, block, pairs, inverse);
    }

    // For X: x → π(π⁻¹(x ⊕ 1) ⊕ 1) the smallest element of the cycle of every x, of at most 2^(w-1) elements. The inverse of every
    // power P of X is x → P(x ⊕ 1) ⊕ 1.
    private static void SmallestOfCycles(
        McEliecePath path, int w, ReadOnlySpan<uint> permutation, Span<uint> power, Span<uint> smallest, Span<uint> pairs)
    {
        int block = 1 << w;

        // X = π∘U with U: x → π⁻¹(x ⊕ 1) ⊕ 1. Sorted by U⁻¹: y → π(y ⊕ 1) ⊕ 1, the values of π come to their places in X.
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = ((permutation[i ^ 1] ^ 1) << KeyShift) | permutation[i];
            smallest[i] = (uint)i & ((uint)block - 1);
        }

        SortValues(path, block, pairs, power);
        for (int step = 0; step < w - 1; step++)
        {
            // smallest = min(smallest, smallest∘P)
            for (int i = 0; i < pairs.Length; i++)
            {
                pairs[i] = ((power[i ^ 1] ^ 1) << KeyShift) | smallest[i];
            }

            SortingNetwork.SortBlocks(path, pairs, block);
            for (int i = 0; i < pairs.Length; i++)
            {
                uint other = pairs[i] & ValueMask;
                uint own = smallest[i];
                smallest[i] = own ^ ((own ^ other) & (uint)((int)(other - own) >> 31));
            }

            if (step == w - 2) break;

            // P = P∘P
            for (int i = 0; i < pairs.Length; i++)
            {
                pairs[i] = ((power[i ^ 1] ^ 1) << KeyShift) | power[i];
            }

            SortValues(path, block, pairs, power);
        }
    }

    private static void SortValues(McEliecePath path, int block, Span<uint> pairs, Span<uint> values)
    {
        SortingNetwork.SortBlocks(path, pairs, block);
        for (int i = 0; i < pairs.Length; i++)
        {
            values[i] = pairs[i] & ValueMask;
        }
    }

    // M(x) for even x, halved, is the permutation of block b on the next level; M(x) for odd x that of block b + 2^r.
    private static void Split(int block, ReadOnlySpan<uint> composed, Span<uint> permutation)
    {
        int half = block / 2;
        int blocks = permutation.Length / block;
        for (int b = 0; b < blocks; b++)
        {
            for (int j = 0; j < half; j++)
            {
                uint even = composed[(b * block) + (2 * j)];
                uint odd = composed[(b * block) + (2 * j) + 1];
                uint exchange = (even ^ odd) & (0 - (even & 1));
                permutation[(b * half) + j] = (even ^ exchange) >> 1;
                permutation[((b + blocks) * half) + j] = (odd ^ exchange) >> 1;
            }
        }
    }

    // The lowest bits of the values at even places: pair j of block b of level r is pair j·2^r + b of the layer.
    private static void WriteLayer(Span<byte> controls, int layer, int r, int block, ReadOnlySpan<uint> values)
    {
        Span<byte> bits = controls.Slice(layer * values.Length / 16, values.Length / 16);
        for (int b = 0; b < values.Length / block; b++)
        {
            for (int j = 0; j < block / 2; j++)
            {
                int pair = (j << r) + b;
                bits[pair / 8] |= (byte)((values[(b * block) + (2 * j)] & 1) << (pair % 8));
            }
        }
    }
}
