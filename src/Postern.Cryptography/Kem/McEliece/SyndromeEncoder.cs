using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>C0 = (I | T)·e with the public key T. (primitives §9)</summary>
internal static class SyndromeEncoder<TWord>
    where TWord : unmanaged, IBitWord<TWord>
{
    // The bytes of a row of the longest public key, and the overlap of its last vector.
    private const int MaxPaddedRow = 1024;

    /// <summary>Writes the m·t bits of the syndrome.</summary>
    [SkipLocalsInit]
    public static void Encode(McElieceParameters parameters, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> error, Span<byte> syndrome)
    {
        Span<byte> tail = stackalloc byte[MaxPaddedRow];
        try
        {
            int overlap = ReadTail(parameters, error, tail);
            for (int i = 0; i < syndrome.Length; i++)
            {
                int rows = Math.Min(8, parameters.Rows - (8 * i));
                uint bits = 0;
                for (int b = 0; b < rows; b++)
                {
                    ReadOnlySpan<byte> row = publicKey.Slice(((8 * i) + b) * parameters.RowSize, parameters.RowSize);
                    bits |= ParityOfProduct(row, tail, overlap) << b;
                }

                syndrome[i] = (byte)((error[i] & ((1 << rows) - 1)) ^ (int)bits);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(tail);
        }
    }

    // The error bits from m·t on, in whole vectors. The last vector of a row ends where the row ends: there the bits that the vector
    // before has already met are zero.
    private static int ReadTail(McElieceParameters parameters, ReadOnlySpan<byte> error, Span<byte> tail)
    {
        tail.Clear();
        int first = parameters.Rows / 8;
        int shift = parameters.Rows % 8;
        int whole = parameters.RowSize / Unsafe.SizeOf<TWord>() * Unsafe.SizeOf<TWord>();
        int overlap = whole == parameters.RowSize ? 0 : whole + Unsafe.SizeOf<TWord>() - parameters.RowSize;
        for (int i = 0; i < parameters.RowSize; i++)
        {
            int next = first + i + 1 < error.Length ? error[first + i + 1] : 0;
            tail[i < whole ? i : i + overlap] = (byte)((error[first + i] | (next << 8)) >> shift);
        }

        return overlap;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint ParityOfProduct(ReadOnlySpan<byte> row, ReadOnlySpan<byte> tail, int overlap)
    {
        ref byte left = ref MemoryMarshal.GetReference(row);
        ref byte right = ref MemoryMarshal.GetReference(tail);
        int size = Unsafe.SizeOf<TWord>();
        TWord sum = TWord.Broadcast(0);
        int i = 0;
        for (; i <= row.Length - size; i += size)
        {
            TWord bits = Unsafe.ReadUnaligned<TWord>(ref Unsafe.Add(ref left, i));
            sum = TWord.AddProduct(sum, bits, Unsafe.ReadUnaligned<TWord>(ref Unsafe.Add(ref right, i)));
        }

        if (overlap > 0)
        {
            TWord bits = Unsafe.ReadUnaligned<TWord>(ref Unsafe.Add(ref left, i - overlap));
            sum = TWord.AddProduct(sum, bits, Unsafe.ReadUnaligned<TWord>(ref Unsafe.Add(ref right, i)));
        }

        return TWord.Parity(sum);
    }
}
