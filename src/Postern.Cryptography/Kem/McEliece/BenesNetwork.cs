using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// The Beneš network on 2^m bits: 2m-1 layers that exchange bits 1, 2, 4 … 2^(m-1) … 2, 1 apart, each pair by its control bit.
/// The layers take a sequence a to a[π(0)], a[π(1)], …; in reverse order they undo that.
/// </summary>
internal static class BenesNetwork<TWord>
    where TWord : unmanaged, IBitWord<TWord>
{
    /// <summary>The control bits of a secret key as words.</summary>
    public static void ReadControls(ReadOnlySpan<byte> bytes, Span<ulong> controls)
    {
        for (int i = 0; i < controls.Length; i++)
        {
            controls[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
        }
    }

    /// <summary>Takes bits from the order of the field elements to the order of the code.</summary>
    public static void Apply(ReadOnlySpan<ulong> controls, Span<ulong> bits)
    {
        int layers = LayersOf(bits);
        for (int layer = 0; layer < layers; layer++)
        {
            ApplyLayer(controls, layer, layers, bits);
        }
    }

    /// <summary>Takes bits from the order of the code to the order of the field elements.</summary>
    public static void Undo(ReadOnlySpan<ulong> controls, Span<ulong> bits)
    {
        int layers = LayersOf(bits);
        for (int layer = layers - 1; layer >= 0; layer--)
        {
            ApplyLayer(controls, layer, layers, bits);
        }
    }

    private static int LayersOf(ReadOnlySpan<ulong> bits) => (2 * BitOperations.Log2((uint)bits.Length * 64)) - 1;

    private static void ApplyLayer(ReadOnlySpan<ulong> controls, int layer, int layers, Span<ulong> bits)
    {
        int words = bits.Length / 2;
        ReadOnlySpan<ulong> layerControls = controls.Slice(layer * words, words);
        int level = Math.Min(layer, layers - 1 - layer);
        if (level < 6)
        {
            ExchangeWithinWords(layerControls, level, bits);
            return;
        }

        int distance = 1 << (level - 6);
        if (distance < TWord.Lanes)
        {
            ExchangeWords(MemoryMarshal.Cast<ulong, BitWord64>(layerControls), distance, MemoryMarshal.Cast<ulong, BitWord64>(bits));
            return;
        }

        ExchangeWords(MemoryMarshal.Cast<ulong, TWord>(layerControls), distance / TWord.Lanes, MemoryMarshal.Cast<ulong, TWord>(bits));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ExchangeWords<T>(ReadOnlySpan<T> controls, int distance, Span<T> bits)
        where T : unmanaged, IBitWord<T>
    {
        int next = 0;
        for (int start = 0; start < bits.Length; start += 2 * distance)
        {
            for (int i = start; i < start + distance; i++)
            {
                T difference = (bits[i] ^ bits[i + distance]) & controls[next++];
                bits[i] ^= difference;
                bits[i + distance] ^= difference;
            }
        }
    }

    // A word has 32 pairs: its 32 control bits are spread to the lower places of the pairs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ExchangeWithinWords(ReadOnlySpan<ulong> controls, int level, Span<ulong> bits)
    {
        Debug.Assert(bits.Length <= 128, "At most 2^13 bits.");
        ControlBuffer buffer = default;
        Span<ulong> spread = ((Span<ulong>)buffer)[..bits.Length];
        for (int i = 0; i < controls.Length; i++)
        {
            spread[2 * i] = (uint)controls[i];
            spread[(2 * i) + 1] = controls[i] >> 32;
        }

        Span<TWord> masks = MemoryMarshal.Cast<ulong, TWord>(spread);
        Span<TWord> words = MemoryMarshal.Cast<ulong, TWord>(bits);
        int distance = 1 << level;
        for (int i = 0; i < words.Length; i++)
        {
            TWord mask = masks[i];
            for (int gap = 16; gap >= distance; gap /= 2)
            {
                mask = (mask | (mask << gap)) & TWord.Broadcast(ulong.MaxValue / ((1UL << gap) + 1));
            }

            TWord difference = (words[i] ^ (words[i] >>> distance)) & mask;
            words[i] ^= difference ^ (difference << distance);
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(spread));
    }

    [InlineArray(128)]
    private struct ControlBuffer
    {
        private ulong _first;
    }
}
