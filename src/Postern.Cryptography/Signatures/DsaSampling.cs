using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>Pseudo-random polynomials from seeds (FIPS 204 §7.3).</summary>
internal static class DsaSampling
{
    /// <summary>Bytes of one packed coefficient vector of y, for the larger gamma1.</summary>
    private const int MaxMaskSize = 640;

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

    // Algorithm 30, RejNTTPoly, with algorithm 14 inside. Public.
    private static void RejectUniform(ref KeccakSponge sponge, Span<int> polynomial)
    {
        Span<byte> block = stackalloc byte[KeccakRate.Bits128];
        int count = 0;
        while (count < polynomial.Length)
        {
            sponge.Squeeze(block);
            for (int i = 0; i + 2 < block.Length && count < polynomial.Length; i += 3)
            {
                int candidate = block[i] | (block[i + 1] << 8) | ((block[i + 2] & 0x7F) << 16);
                if (candidate < DsaField.Q) polynomial[count++] = candidate;
            }
        }
    }

    // Algorithm 31, RejBoundedPoly. A rejected half byte is overwritten by the next one, so the code's course shows how many half
    // bytes were refused, which rejection sampling shows anyway, and nothing about those that were kept.
    private static void RejectBounded(ref KeccakSponge sponge, int eta, Span<int> polynomial)
    {
        Span<byte> block = stackalloc byte[KeccakRate.Bits256];
        int count = 0;
        while (count < polynomial.Length)
        {
            sponge.Squeeze(block);
            for (int i = 0; i < block.Length && count < polynomial.Length; i++)
            {
                count += TakeBounded(eta, block[i] & 0x0F, out polynomial[count]);
                if (count < polynomial.Length) count += TakeBounded(eta, block[i] >> 4, out polynomial[count]);
            }
        }

        CryptographicOperations.ZeroMemory(block);
    }

    // Algorithm 15, CoeffFromHalfByte. Returns 1 if the half byte was accepted, 0 if not.
    private static int TakeBounded(int eta, int halfByte, out int coefficient)
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
