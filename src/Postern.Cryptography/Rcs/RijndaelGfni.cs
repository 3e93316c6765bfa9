using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// The block function in counter mode on x86's Galois-field instructions, row by row as described at <see cref="RijndaelRows"/>: three times
/// or twice eight blocks interleaved. What is less than sixteen blocks is left to the AES instructions, which are faster there.
/// </summary>
internal static unsafe class RijndaelGfni
{
    private const int BlockSize = RcsParameters.BlockSize;
    private const int EightBlocks = RijndaelRows.Blocks * BlockSize;
    private const int MaxKeyWords = 31 * RijndaelRows.Count;

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported => Gfni.V512.IsSupported
        && Avx512Vbmi.VL.IsSupported && Avx512BW.IsSupported && Vector512.IsHardwareAccelerated && X86AesUnit.IsSupported;

    // Byte 8j + c of the result is row j, column c of one block: byte 4c + j.
    private static Vector256<byte> GatherKeyRows => Vector256.Create(
        (byte)0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);

    /// <summary>XORs the key stream onto whole blocks.</summary>
    public static void XorBlocks(
        ReadOnlySpan<byte> roundKeys, ref BlockCounter counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Debug.Assert(input.Length % BlockSize == 0 && input.Length == output.Length, "Whole blocks.");
        int done = input.Length < 2 * EightBlocks ? 0 : XorMany(roundKeys, ref counter, input, output);
        RijndaelAes<X86AesUnit>.XorBlocks(roundKeys, ref counter, input[done..], output[done..]);
    }

    // Returns how many bytes it did.
    [SkipLocalsInit]
    private static int XorMany(ReadOnlySpan<byte> roundKeys, ref BlockCounter counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        ulong* keys = stackalloc ulong[MaxKeyWords];
        ulong* lastKey = TakeKeyRows(roundKeys, keys);
        int done = 0;
        fixed (byte* source = input)
        fixed (byte* target = output)
        {
            for (; done + (3 * EightBlocks) <= input.Length; done += 3 * EightBlocks)
            {
                XorTwentyFour(keys, lastKey, ref counter, source + done, target + done);
            }

            if (done + (2 * EightBlocks) <= input.Length)
            {
                XorSixteen(keys, lastKey, ref counter, source + done, target + done);
                done += 2 * EightBlocks;
            }
        }

        CryptographicOperations.ZeroMemory(new Span<byte>(keys, roundKeys.Length));
        return done;
    }

    // Every round key becomes four words, one for each row. Returns the last key.
    private static ulong* TakeKeyRows(ReadOnlySpan<byte> roundKeys, ulong* keys)
    {
        Debug.Assert(roundKeys.Length <= MaxKeyWords * sizeof(ulong), "At most 30 rounds.");
        for (; !roundKeys.IsEmpty; roundKeys = roundKeys[BlockSize..], keys += RijndaelRows.Count)
        {
            Avx512Vbmi.VL.PermuteVar32x8(Vector256.Create(roundKeys[..BlockSize]), GatherKeyRows).AsUInt64().Store(keys);
        }

        return keys - RijndaelRows.Count;
    }

    // Methods of their own without any call: the JIT then keeps all rows in registers.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void XorTwentyFour(ulong* key, ulong* lastKey, ref BlockCounter counter, byte* source, byte* target)
    {
        RijndaelRows first = RijndaelRows.FromCounters(ref counter);
        RijndaelRows second = RijndaelRows.FromCounters(ref counter);
        RijndaelRows third = RijndaelRows.FromCounters(ref counter);
        first.AddKey(key);
        second.AddKey(key);
        third.AddKey(key);
        for (key += RijndaelRows.Count; key < lastKey; key += RijndaelRows.Count)
        {
            first.Round(key);
            second.Round(key);
            third.Round(key);
        }

        first.LastRound(lastKey);
        second.LastRound(lastKey);
        third.LastRound(lastKey);
        first.XorOnto(source, target);
        second.XorOnto(source + EightBlocks, target + EightBlocks);
        third.XorOnto(source + (2 * EightBlocks), target + (2 * EightBlocks));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void XorSixteen(ulong* key, ulong* lastKey, ref BlockCounter counter, byte* source, byte* target)
    {
        RijndaelRows first = RijndaelRows.FromCounters(ref counter);
        RijndaelRows second = RijndaelRows.FromCounters(ref counter);
        first.AddKey(key);
        second.AddKey(key);
        for (key += RijndaelRows.Count; key < lastKey; key += RijndaelRows.Count)
        {
            first.Round(key);
            second.Round(key);
        }

        first.LastRound(lastKey);
        second.LastRound(lastKey);
        first.XorOnto(source, target);
        second.XorOnto(source + EightBlocks, target + EightBlocks);
    }
}
