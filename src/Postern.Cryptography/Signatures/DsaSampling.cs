using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>Pseudo-random polynomials from seeds (FIPS 204 §7.3).</summary>
internal static class DsaSampling
{
    /// <summary>Bytes of one packed polynomial of y, for the larger gamma1.</summary>
    public const int MaxMaskSize = 640;

    /// <summary>Bytes of SHAKE128 that are sampled from at once, whole candidates.</summary>
    public const int BlockSize = KeccakRate.Bits128;

    /// <summary>Candidates in a block.</summary>
    public const int BlockCandidates = BlockSize / 3;

    /// <summary>A block and what vectors read behind it.</summary>
    public const int PaddedBlockSize = BlockSize + 32;

    /// <summary>Bits from one candidate to the next.</summary>
    public const int CandidateBits = 24;

    /// <summary>The bits of a candidate that count.</summary>
    public const int CandidateMask = 0x7FFFFF;

    /// <summary>Algorithm 32, ExpandA, one row: the public matrix, transformed, coefficients in [0, q).</summary>
    public static void ExpandRow(ReadOnlySpan<byte> seed, int row, Span<int> destination)
    {
        for (int column = 0; column < destination.Length / DsaPolynomial.Size; column++)
        {
            KeccakSponge sponge = KeccakSponge.Shake128();
            sponge.Absorb(seed);
            sponge.Absorb([(byte)column, (byte)row]);
            RejectUniform(ref sponge, DsaPolynomial.At(destination, column));
        }
    }

    /// <summary>Algorithm 33, ExpandS, one polynomial: coefficients in [-eta, eta] from the secret seed.</summary>
    public static void ExpandSecret(int eta, ReadOnlySpan<byte> seed, int nonce, Span<int> polynomial)
    {
        KeccakSponge sponge = KeccakSponge.Shake256();
        AbsorbSeedAndNonce(ref sponge, seed, nonce);
        RejectBounded(ref sponge, eta, polynomial);
        sponge.Clear();
    }

    /// <summary>Algorithm 34, ExpandMask, one polynomial: coefficients in (-gamma1, gamma1] from the secret seed.</summary>
    public static void ExpandMask(DsaParameters parameters, ReadOnlySpan<byte> seed, int nonce, Span<int> polynomial)
    {
        Span<byte> packed = stackalloc byte[MaxMaskSize];
        packed = packed[..parameters.PackedZSize];
        KeccakSponge sponge = KeccakSponge.Shake256();
        AbsorbSeedAndNonce(ref sponge, seed, nonce);
        sponge.Squeeze(packed);
        sponge.Clear();
        DsaPacking.UnpackCentred(packed, parameters.ZBits, parameters.Gamma1, polynomial);
        CryptographicOperations.ZeroMemory(packed);
    }

    /// <summary>
    /// Algorithm 29, SampleInBall: tau coefficients of 1 or -1, the rest 0. It indexes by the challenge, which is public: a hash that
    /// goes into the signature, or one of a commitment that is thrown away.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SampleInBall(int tau, ReadOnlySpan<byte> seed, Span<int> polynomial)
    {
        Span<byte> block = stackalloc byte[KeccakRate.Bits256];
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(seed);
        sponge.Squeeze(block);
        ulong signs = BinaryPrimitives.ReadUInt64LittleEndian(block);
        int read = sizeof(ulong);

        polynomial.Clear();
        for (int i = DsaPolynomial.Size - tau; i < DsaPolynomial.Size; read++)
        {
            if (read == block.Length)
            {
                sponge.Squeeze(block);
                read = 0;
            }

            int position = block[read];
            if (position > i) continue;
            polynomial[i] = polynomial[position];
            polynomial[position] = 1 - (int)((signs & 1) << 1);
            signs >>= 1;
            i++;
        }
    }

    /// <summary>
    /// A block's part of algorithm 30, RejNTTPoly, with algorithm 14 inside: appends to <paramref name="polynomial"/>, which has
    /// <paramref name="count"/> coefficients, until it is full. Public.
    /// </summary>
    /// <returns>How many coefficients it has now.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int TakeUniform(ReadOnlySpan<byte> block, Span<int> polynomial, int count)
    {
        for (int i = 0; i + 2 < block.Length && count < polynomial.Length; i += 3)
        {
            int candidate = (block[i] | (block[i + 1] << 8) | (block[i + 2] << 16)) & CandidateMask;
            if (candidate < DsaField.Q) polynomial[count++] = candidate;
        }

        return count;
    }

    /// <summary>
    /// A block's part of algorithm 31, RejBoundedPoly, like <see cref="TakeUniform"/>. A rejected half byte is overwritten by the next
    /// one, so the code's course shows how many half bytes were refused, which rejection sampling shows anyway, and nothing about those
    /// that were kept.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int TakeBounded(int eta, ReadOnlySpan<byte> block, Span<int> polynomial, int count)
    {
        for (int i = 0; i < block.Length && count < polynomial.Length; i++)
        {
            count += TakeHalfByte(eta, block[i] & 0x0F, out polynomial[count]);
            if (count < polynomial.Length) count += TakeHalfByte(eta, block[i] >> 4, out polynomial[count]);
        }

        return count;
    }

    private static void RejectUniform(ref KeccakSponge sponge, Span<int> polynomial)
    {
        Span<byte> block = stackalloc byte[BlockSize];
        int count = 0;
        while (count < polynomial.Length)
        {
            sponge.Squeeze(block);
            count = TakeUniform(block, polynomial, count);
        }
    }

    private static void RejectBounded(ref KeccakSponge sponge, int eta, Span<int> polynomial)
    {
        Span<byte> block = stackalloc byte[KeccakRate.Bits256];
        int count = 0;
        while (count < polynomial.Length)
        {
            sponge.Squeeze(block);
            count = TakeBounded(eta, block, polynomial, count);
        }

        CryptographicOperations.ZeroMemory(block);
    }

    // Algorithm 15, CoeffFromHalfByte. Returns 1 if the half byte was accepted, 0 if not.
    private static int TakeHalfByte(int eta, int halfByte, out int coefficient)
    {
        Debug.Assert(eta is 2 or 4, "The two values of table 1.");
        if (eta == 2)
        {
            // b mod 5, for b below 16: floor(b / 5) = 13 b >> 6.
            coefficient = 2 - (halfByte - (5 * ((13 * halfByte) >> 6)));
            return (int)((uint)(halfByte - 15) >> 31);
        }

        coefficient = 4 - halfByte;
        return (int)((uint)(halfByte - 9) >> 31);
    }

    private static void AbsorbSeedAndNonce(ref KeccakSponge sponge, ReadOnlySpan<byte> seed, int nonce)
    {
        sponge.Absorb(seed);
        sponge.Absorb([(byte)nonce, (byte)(nonce >> 8)]);
    }
}
