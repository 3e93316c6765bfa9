using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>Polynomials from seeds: the public matrix by rejection, the secret noise by binomials (FIPS 203 §4.2.2).</summary>
internal static class KemSampling
{
    /// <summary>Row <paramref name="index"/> of the matrix Â of the seed ρ: Â[i, j] comes from ρ ‖ j ‖ i (algorithm 13, lines 3 to 7).</summary>
    public static void MatrixRow(ReadOnlySpan<byte> seed, int index, Span<short> row)
    {
        for (int j = 0; j * KemPolynomial.Length < row.Length; j++)
        {
            Uniform(seed, (byte)j, (byte)index, KemPolynomial.At(row, j));
        }
    }

    /// <summary>Row <paramref name="index"/> of the transposed matrix (algorithm 14, lines 4 to 8).</summary>
    public static void TransposedMatrixRow(ReadOnlySpan<byte> seed, int index, Span<short> row)
    {
        for (int j = 0; j * KemPolynomial.Length < row.Length; j++)
        {
            Uniform(seed, (byte)index, (byte)j, KemPolynomial.At(row, j));
        }
    }

    /// <summary>Fills a vector with noise of width <paramref name="eta"/>, polynomial by polynomial, with counters from <paramref name="counter"/> on.</summary>
    [SkipLocalsInit]
    public static void Noise(ReadOnlySpan<byte> seed, int counter, int eta, Span<short> vector)
    {
        Debug.Assert(eta is 2 or 3, "FIPS 203 has noise of width 2 and 3.");
        Span<byte> bytes = stackalloc byte[64 * eta];
        for (int i = 0; i * KemPolynomial.Length < vector.Length; i++)
        {
            // PRF of FIPS 203 §4.1: SHAKE256(s ‖ b), 64·η bytes.
            KeccakSponge sponge = KeccakSponge.Shake256();
            sponge.Absorb(seed);
            sponge.Absorb((byte)(counter + i));
            sponge.Squeeze(bytes);
            sponge.Clear();
            if (eta == 2)
            {
                Binomial2(bytes, KemPolynomial.At(vector, i));
            }
            else
            {
                Binomial3(bytes, KemPolynomial.At(vector, i));
            }
        }

        CryptographicOperations.ZeroMemory(bytes);
    }

    // SampleNTT, algorithm 7. The seed is public, so time may depend on it.
    [SkipLocalsInit]
    private static void Uniform(ReadOnlySpan<byte> seed, byte first, byte second, Span<short> polynomial)
    {
        Span<byte> block = stackalloc byte[KeccakRate.Bits128];
        KeccakSponge sponge = KeccakSponge.Shake128();
        sponge.Absorb(seed);
        sponge.Absorb([first, second]);
        int count = 0;
        while (count < KemPolynomial.Length)
        {
            sponge.Squeeze(block);
            count = AcceptCandidates(block, polynomial, count);
        }
    }

    // Takes the 12-bit numbers below q: three bytes hold two, and a block of 168 bytes holds whole triples. Every candidate is stored and
    // the count moves on if it was below q, which spares a misprediction for every fifth one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe int AcceptCandidates(ReadOnlySpan<byte> block, Span<short> polynomial, int count)
    {
        Debug.Assert(block.Length == KeccakRate.Bits128 && polynomial.Length == KemPolynomial.Length, "One block, one polynomial.");
        fixed (byte* bytes = block)
        fixed (short* coefficients = polynomial)
        {
            byte* end = bytes + KeccakRate.Bits128;
            for (byte* triple = bytes; triple < end && count < KemPolynomial.Length; triple += 3)
            {
                int first = triple[0] | ((triple[1] & 0x0F) << 8);
                coefficients[count] = (short)first;
                count += (first - KemField.Q) >>> 31;
                if (count == KemPolynomial.Length) break;
                int second = (triple[1] >> 4) | (triple[2] << 4);
                coefficients[count] = (short)second;
                count += (second - KemField.Q) >>> 31;
            }
        }

        return count;
    }

    // SamplePolyCBD for η = 2, algorithm 8: a coefficient is the difference of two sums of two bits; 64 bits give sixteen.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Binomial2(ReadOnlySpan<byte> bytes, Span<short> polynomial)
    {
        const ulong Ones = 0x5555_5555_5555_5555;
        for (int i = 0; i < KemPolynomial.Length; i += 16)
        {
            ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i / 2)..]);
            ulong sums = (bits & Ones) + ((bits >> 1) & Ones);
            Span<short> group = polynomial.Slice(i, 16);
            for (int j = 0; j < group.Length; j++)
            {
                group[j] = (short)((int)(sums & 3) - (int)((sums >> 2) & 3));
                sums >>= 4;
            }
        }
    }

    // The same for η = 3: two sums of three bits; 48 bits give eight.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Binomial3(ReadOnlySpan<byte> bytes, Span<short> polynomial)
    {
        const ulong Ones = 0x2492_4924_9249;
        for (int i = 0; i < KemPolynomial.Length; i += 8)
        {
            ReadOnlySpan<byte> source = bytes.Slice(i / 4 * 3, 6);
            ulong bits = BinaryPrimitives.ReadUInt32LittleEndian(source)
                | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(source[4..]) << 32);
            ulong sums = (bits & Ones) + ((bits >> 1) & Ones) + ((bits >> 2) & Ones);
            Span<short> group = polynomial.Slice(i, 8);
            for (int j = 0; j < group.Length; j++)
            {
                group[j] = (short)((int)(sums & 7) - (int)((sums >> 3) & 7));
                sums >>= 6;
            }
        }
    }
}
