using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// The block function in counter mode without AES instructions and without a table, in constant time: two blocks for each 64-bit lane
/// of <typeparamref name="TWord"/>. Bit 16j + 8b + c of a lane of plane i is bit i of row j, column c of block b: the rotation of a
/// row's columns is one within a byte, the rotation of all rows in MixColumns one of the lane.
/// </summary>
internal static class RijndaelBitSliced<TWord>
    where TWord : unmanaged, IBitWord<TWord>
{
    private const int BlockSize = RcsParameters.BlockSize;

    private static int BlocksAtOnce => 2 * TWord.Lanes;

    /// <summary>XORs the key stream onto whole blocks.</summary>
    [SkipLocalsInit]
    public static void XorBlocks(
        ReadOnlySpan<byte> roundKeys, ref BlockCounter counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Debug.Assert(input.Length % BlockSize == 0 && input.Length == output.Length, "Whole blocks.");
        Span<ulong> keyPlanes = stackalloc ulong[BitPlanes<TWord>.Count * roundKeys.Length / BlockSize];
        Span<ulong> columns = stackalloc ulong[BitPlanes<TWord>.Count * TWord.Lanes];
        BitPlanes<TWord> planes = default;
        BitPlanes<TWord> scratch = default;
        SliceKeys(roundKeys, keyPlanes);
        for (int offset = 0; offset < input.Length; offset += BlocksAtOnce * BlockSize)
        {
            int blocks = Math.Min(BlocksAtOnce, (input.Length - offset) / BlockSize);
            columns.Clear();
            TakeCounters(ref counter, blocks, columns);
            BitSlicing<TWord>.Slice(columns, ref planes);
            Encrypt(keyPlanes, ref planes, ref scratch);
            BitSlicing<TWord>.Unslice(ref planes, columns);
            XorKeyStream(columns, input.Slice(offset, blocks * BlockSize), output.Slice(offset, blocks * BlockSize));
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(keyPlanes));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(columns));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes((Span<TWord>)planes));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes((Span<TWord>)scratch));
    }

    // The S-box circuit leaves out its constant. A byte that is the same everywhere passes through the row shifts and MixColumns
    // unchanged, so it goes into every key but the first.
    private static void SliceKeys(ReadOnlySpan<byte> roundKeys, Span<ulong> keyPlanes)
    {
        Span<ulong> columns = stackalloc ulong[BitPlanes<BitWord64>.Count];
        BitPlanes<BitWord64> planes = default;
        for (int key = 0; key * BlockSize < roundKeys.Length; key++)
        {
            for (int c = 0; c < columns.Length; c++)
            {
                uint column = BinaryPrimitives.ReadUInt32LittleEndian(roundKeys[((key * BlockSize) + (c * sizeof(uint)))..]);
                columns[c] = column | ((ulong)column << 32);
            }

            BitSlicing<BitWord64>.Slice(columns, ref planes);
            Span<ulong> target = keyPlanes.Slice(key * columns.Length, columns.Length);
            MemoryMarshal.Cast<BitWord64, ulong>(planes).CopyTo(target);
            for (int i = 0; key > 0 && i < target.Length; i++)
            {
                target[i] ^= 0 - (((ulong)BitSlicedSBox<TWord>.Constant >> i) & 1);
            }
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(columns));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes((Span<BitWord64>)planes));
    }

    // Column c of blocks 2i and 2i + 1 are the halves of lane i of word c.
    private static void TakeCounters(ref BlockCounter counter, int blocks, Span<ulong> columns)
    {
        for (int block = 0; block < blocks; block++)
        {
            int lane = block >> 1;
            int shift = (block & 1) * 32;
            ReadOnlySpan<ulong> words = [counter.Word0, counter.Word1, counter.Word2, counter.Word3];
            for (int i = 0; i < words.Length; i++)
            {
                columns[(2 * i * TWord.Lanes) + lane] |= (ulong)(uint)words[i] << shift;
                columns[(((2 * i) + 1) * TWord.Lanes) + lane] |= (words[i] >> 32) << shift;
            }

            counter.Increment();
        }
    }

    private static void XorKeyStream(ReadOnlySpan<ulong> columns, ReadOnlySpan<byte> input, Span<byte> output)
    {
        for (int offset = 0; offset < input.Length; offset += sizeof(uint))
        {
            int block = offset / BlockSize;
            int column = offset % BlockSize / sizeof(uint);
            uint stream = (uint)(columns[(column * TWord.Lanes) + (block >> 1)] >> ((block & 1) * 32));
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(input[offset..]) ^ stream;
            BinaryPrimitives.WriteUInt32LittleEndian(output[offset..], word);
        }
    }

    // Primitives §5.2.
    private static void Encrypt(ReadOnlySpan<ulong> keyPlanes, ref BitPlanes<TWord> planes, ref BitPlanes<TWord> scratch)
    {
        AddRoundKey(keyPlanes, ref planes);
        for (keyPlanes = keyPlanes[BitPlanes<TWord>.Count..]; ; keyPlanes = keyPlanes[BitPlanes<TWord>.Count..])
        {
            BitSlicedSBox<TWord>.Substitute(ref planes);
            ShiftRows(ref planes);
            bool last = keyPlanes.Length == BitPlanes<TWord>.Count;
            if (!last) MixColumns(ref planes, ref scratch);
            AddRoundKey(keyPlanes, ref planes);
            if (last) return;
        }
    }

    private static void AddRoundKey(ReadOnlySpan<ulong> keyPlanes, ref BitPlanes<TWord> planes)
    {
        for (int i = 0; i < BitPlanes<TWord>.Count; i++)
        {
            planes[i] ^= TWord.Broadcast(keyPlanes[i]);
        }
    }

    // Rows 1, 2, 3 are the lane's second to fourth 16 bits; their columns rotate by 1, 3, 4.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ShiftRows(ref BitPlanes<TWord> planes)
    {
        for (int i = 0; i < BitPlanes<TWord>.Count; i++)
        {
            TWord x = planes[i];
            planes[i] = (x & TWord.Broadcast(0x000000000000FFFF))
                | ((x >>> 1) & TWord.Broadcast(0x000000007F7F0000)) | ((x << 7) & TWord.Broadcast(0x0000000080800000))
                | ((x >>> 3) & TWord.Broadcast(0x00001F1F00000000)) | ((x << 5) & TWord.Broadcast(0x0000E0E000000000))
                | ((x >>> 4) & TWord.Broadcast(0x0F0F000000000000)) | ((x << 4) & TWord.Broadcast(0xF0F0000000000000));
        }
    }

    // With n = the next row and t = a + n: 2a + 3n + n' + n'' = 2t + n + (t two rows further on).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MixColumns(ref BitPlanes<TWord> planes, ref BitPlanes<TWord> sums)
    {
        for (int i = 0; i < BitPlanes<TWord>.Count; i++)
        {
            TWord next = (planes[i] >>> 16) | (planes[i] << 48);
            TWord sum = planes[i] ^ next;
            sums[i] = sum;
            planes[i] = next ^ (sum >>> 32) ^ (sum << 32);
        }

        // 2t: every bit one place up, the highest into places 0, 1, 3 and 4.
        TWord carry = sums[7];
        planes[0] ^= carry;
        planes[1] ^= sums[0] ^ carry;
        planes[2] ^= sums[1];
        planes[3] ^= sums[2] ^ carry;
        planes[4] ^= sums[3] ^ carry;
        planes[5] ^= sums[4];
        planes[6] ^= sums[5];
        planes[7] ^= sums[6];
    }
}
