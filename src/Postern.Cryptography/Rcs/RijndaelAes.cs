using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Postern.Cryptography;

/// <summary>The block function in counter mode on AES instructions, four blocks interleaved. Little-endian processors only.</summary>
internal static unsafe class RijndaelAes<TUnit>
    where TUnit : struct, IAesUnit
{
    private const int BlockSize = RcsParameters.BlockSize;
    private const int Interleave = 4;

    /// <summary>XORs the key stream onto whole blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void XorBlocks(
        ReadOnlySpan<byte> roundKeys, ref BlockCounter counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Debug.Assert(input.Length % BlockSize == 0 && input.Length == output.Length, "Whole blocks.");
        fixed (byte* keys = roundKeys)
        fixed (byte* source = input)
        fixed (byte* target = output)
        {
            byte* lastKey = keys + roundKeys.Length - BlockSize;
            int offset = 0;
            for (; offset + (Interleave * BlockSize) <= input.Length; offset += Interleave * BlockSize)
            {
                XorFour(keys, lastKey, ref counter, source + offset, target + offset);
            }

            for (; offset < input.Length; offset += BlockSize)
            {
                XorOne(keys, lastKey, ref counter, source + offset, target + offset);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void XorOne(byte* keys, byte* lastKey, ref BlockCounter counter, byte* source, byte* target)
    {
        Vector128<byte> low = Vector128.Load(keys);
        Vector128<byte> high = Vector128.Load(keys + 16);
        AddCounter(ref counter, ref low, ref high);
        for (byte* key = keys + BlockSize; key < lastKey; key += BlockSize)
        {
            Round(ref low, ref high, Vector128.Load(key), Vector128.Load(key + 16));
        }

        LastRound(low, high, lastKey, source, target);
    }

    // A method of its own without any call: the JIT then keeps all eight halves in registers.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void XorFour(byte* keys, byte* lastKey, ref BlockCounter counter, byte* source, byte* target)
    {
        Vector128<byte> low0 = Vector128.Load(keys);
        Vector128<byte> high0 = Vector128.Load(keys + 16);
        Vector128<byte> low1 = low0, low2 = low0, low3 = low0;
        Vector128<byte> high1 = high0, high2 = high0, high3 = high0;
        AddCounter(ref counter, ref low0, ref high0);
        AddCounter(ref counter, ref low1, ref high1);
        AddCounter(ref counter, ref low2, ref high2);
        AddCounter(ref counter, ref low3, ref high3);
        for (byte* key = keys + BlockSize; key < lastKey; key += BlockSize)
        {
            Vector128<byte> lowKey = Vector128.Load(key);
            Vector128<byte> highKey = Vector128.Load(key + 16);
            Round(ref low0, ref high0, lowKey, highKey);
            Round(ref low1, ref high1, lowKey, highKey);
            Round(ref low2, ref high2, lowKey, highKey);
            Round(ref low3, ref high3, lowKey, highKey);
        }

        LastRound(low0, high0, lastKey, source, target);
        LastRound(low1, high1, lastKey, source + BlockSize, target + BlockSize);
        LastRound(low2, high2, lastKey, source + (2 * BlockSize), target + (2 * BlockSize));
        LastRound(low3, high3, lastKey, source + (3 * BlockSize), target + (3 * BlockSize));
    }

    // The block is the counter, already XORed with key 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddCounter(ref BlockCounter counter, ref Vector128<byte> low, ref Vector128<byte> high)
    {
        low ^= Vector128.Create(counter.Word0, counter.Word1).AsByte();
        high ^= Vector128.Create(counter.Word2, counter.Word3).AsByte();
        counter.Increment();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector128<byte> low, ref Vector128<byte> high, Vector128<byte> lowKey, Vector128<byte> highKey)
    {
        TUnit.PrepareRows(ref low, ref high);
        low = TUnit.Round(low, lowKey);
        high = TUnit.Round(high, highKey);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LastRound(Vector128<byte> low, Vector128<byte> high, byte* key, byte* source, byte* target)
    {
        TUnit.PrepareRows(ref low, ref high);
        low = TUnit.LastRound(low, Vector128.Load(key)) ^ Vector128.Load(source);
        high = TUnit.LastRound(high, Vector128.Load(key + 16)) ^ Vector128.Load(source + 16);
        low.Store(target);
        high.Store(target + 16);
    }
}
