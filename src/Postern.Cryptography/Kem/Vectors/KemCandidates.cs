using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Postern.Cryptography;

/// <summary>SampleNTT, algorithm 7, with 128-bit vectors: the seed and all that comes from it is public, so tables may be indexed by it.</summary>
internal static unsafe class KemCandidates
{
    // Twelve bytes are eight candidates.
    private const int Turn = 12;
    private const int VectorSize = 16;

    // For every set of eight numbers the bytes that bring them to the front. Pinned, and held by this reference.
    private static readonly byte[] Orders = GC.AllocateArray<byte>(256 * VectorSize, pinned: true);
    private static readonly byte* FirstOrder = FillOrders();

    /// <inheritdoc cref="IKemVector{TSelf}.Accept"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Accept(byte* blocks, short* coefficients)
    {
        byte* orders = FirstOrder;
        Vector128<byte> pairs = Vector128.Create((byte)0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 10, 10, 11);
        Vector128<ushort> even = Vector128.Create(0x0000_FFFFu).AsUInt16();
        Vector128<ushort> mask = Vector128.Create((ushort)0xFFF);
        Vector128<short> q = Vector128.Create((short)KemField.Q);
        int count = 0;
        for (byte* end = blocks + (3 * KeccakRate.Bits128); blocks < end && count < KemPolynomial.Length; blocks += Turn)
        {
            Vector128<ushort> bytes = Vector128.ShuffleNative(Vector128.Load(blocks), pairs).AsUInt16();
            Vector128<ushort> numbers = Vector128.ConditionalSelect(even, bytes & mask, bytes >>> 4);
            uint accepted = Vector128.LessThan(numbers.AsInt16(), q).ExtractMostSignificantBits();
            Vector128<byte> order = Vector128.Load(orders + (accepted * VectorSize));
            Vector128.ShuffleNative(numbers.AsByte(), order).AsInt16().Store(coefficients + count);
            count += BitOperations.PopCount(accepted);
        }

        return Math.Min(count, KemPolynomial.Length);
    }

    private static byte* FillOrders()
    {
        for (int set = 0; set < 256; set++)
        {
            Span<byte> order = Orders.AsSpan(set * VectorSize, VectorSize);
            order.Fill(byte.MaxValue);
            for (int rest = set; rest != 0; rest &= rest - 1)
            {
                int number = BitOperations.TrailingZeroCount(rest);
                order[0] = (byte)(2 * number);
                order[1] = (byte)((2 * number) + 1);
                order = order[2..];
            }
        }

        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Orders));
    }
}
