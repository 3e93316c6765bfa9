using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>The way between columns of bytes and bit planes, as described at <see cref="RijndaelBitSliced{TWord}"/>.</summary>
internal static class BitSlicing<TWord>
    where TWord : unmanaged, IBitWord<TWord>
{
    /// <summary>Eight words of columns, each lane holding the column of one block in its low and of the next in its high half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Slice(ReadOnlySpan<ulong> columns, ref BitPlanes<TWord> planes)
    {
        MemoryMarshal.Cast<ulong, TWord>(columns).CopyTo(planes);
        for (int i = 0; i < BitPlanes<TWord>.Count; i++)
        {
            planes[i] = ExchangeWithin(planes[i], 16, 0x00000000FFFF0000);
            planes[i] = ExchangeWithin(planes[i], 8, 0x0000FF000000FF00);
        }

        Transpose(ref planes);
    }

    /// <summary>The inverse of <see cref="Slice"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unslice(ref BitPlanes<TWord> planes, Span<ulong> columns)
    {
        Transpose(ref planes);
        for (int i = 0; i < BitPlanes<TWord>.Count; i++)
        {
            planes[i] = ExchangeWithin(planes[i], 8, 0x0000FF000000FF00);
            planes[i] = ExchangeWithin(planes[i], 16, 0x00000000FFFF0000);
        }

        ((ReadOnlySpan<TWord>)planes).CopyTo(MemoryMarshal.Cast<ulong, TWord>(columns));
    }

    // For every byte place: the 8 x 8 bits of the eight words, mirrored at the diagonal.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref BitPlanes<TWord> planes)
    {
        for (int i = 0; i < BitPlanes<TWord>.Count; i += 2)
        {
            Exchange(ref planes[i], ref planes[i + 1], 1, 0x5555555555555555);
        }

        for (int i = 0; i < BitPlanes<TWord>.Count; i += 4)
        {
            Exchange(ref planes[i], ref planes[i + 2], 2, 0x3333333333333333);
            Exchange(ref planes[i + 1], ref planes[i + 3], 2, 0x3333333333333333);
        }

        for (int i = 0; i < BitPlanes<TWord>.Count / 2; i++)
        {
            Exchange(ref planes[i], ref planes[i + 4], 4, 0x0F0F0F0F0F0F0F0F);
        }
    }

    // Exchanges the bits of a that lie `shift` places above the mask with the bits of b in the mask.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref TWord a, ref TWord b, int shift, ulong mask)
    {
        TWord difference = ((a >>> shift) ^ b) & TWord.Broadcast(mask);
        b ^= difference;
        a ^= difference << shift;
    }

    // The same inside one word.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWord ExchangeWithin(TWord word, int shift, ulong mask)
    {
        TWord difference = ((word >>> shift) ^ word) & TWord.Broadcast(mask);
        return word ^ difference ^ (difference << shift);
    }
}
