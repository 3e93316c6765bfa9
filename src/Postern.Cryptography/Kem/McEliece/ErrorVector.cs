using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>Error vectors: n bits, t of them set. (primitives §9)</summary>
internal static class ErrorVector
{
    private const int MaxT = 128;

    /// <summary>
    /// A random vector of weight t. Branches see which numbers are n or more, and whether a number came twice: the first is
    /// independent of the numbers that stay, and after the second all are drawn again. No branch and no address sees a number that stays.
    /// </summary>
    public static void Draw(McElieceParameters parameters, RandomSource random, Span<byte> error)
    {
        Span<byte> drawn = stackalloc byte[2 * sizeof(ushort) * MaxT];
        Span<ushort> positions = stackalloc ushort[MaxT];
        drawn = drawn[..(sizeof(ushort) * parameters.DrawnNumbers)];
        positions = positions[..parameters.T];
        try
        {
            do
            {
                random.Fill(drawn);
            }
            while (!TryTake(parameters, drawn, positions) || !TryPlace(parameters, positions, error));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(drawn);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(positions));
        }
    }

    /// <summary>All ones if as many bits are set, zero otherwise.</summary>
    public static uint HasWeight(ReadOnlySpan<byte> error, int weight)
    {
        int count = 0;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(error))
        {
            count += BitOperations.PopCount(word);
        }

        foreach (byte last in error[(error.Length - (error.Length % sizeof(ulong)))..])
        {
            count += BitOperations.PopCount(last);
        }

        int difference = count ^ weight;
        return (uint)((difference - 1) >> 31);
    }

    // The first t numbers below n.
    private static bool TryTake(McElieceParameters parameters, ReadOnlySpan<byte> drawn, Span<ushort> positions)
    {
        int taken = 0;
        for (int i = 0; i < drawn.Length && taken < positions.Length; i += sizeof(ushort))
        {
            int number = BinaryPrimitives.ReadUInt16LittleEndian(drawn[i..]) & (parameters.FieldSize - 1);
            if (number < parameters.N) positions[taken++] = (ushort)number;
        }

        return taken == positions.Length;
    }

    // Every word of the vector looks at every position. A number that came twice leaves the weight below t.
    private static bool TryPlace(McElieceParameters parameters, ReadOnlySpan<ushort> positions, Span<byte> error)
    {
        Span<ulong> bits = stackalloc ulong[MaxT];
        for (int i = 0; i < positions.Length; i++)
        {
            bits[i] = 1UL << (positions[i] & 63);
        }

        for (int offset = 0; offset < error.Length; offset += sizeof(ulong))
        {
            ulong word = 0;
            int index = offset / sizeof(ulong);
            for (int i = 0; i < positions.Length; i++)
            {
                long difference = (positions[i] >> 6) ^ index;
                word |= bits[i] & (ulong)((difference - 1) >> 63);
            }

            for (int b = 0; b < sizeof(ulong) && offset + b < error.Length; b++)
            {
                error[offset + b] = (byte)(word >> (8 * b));
            }
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(bits));
        return HasWeight(error, parameters.T) != 0;
    }
}
