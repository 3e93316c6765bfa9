using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>K-PKE, the encryption scheme inside ML-KEM (FIPS 203 §5). Not secure by itself: only <see cref="MLKem"/> uses it.</summary>
internal static class MLKemEncryption
{
    /// <summary>K-PKE.KeyGen, algorithm 13, of the 32-byte seed d: t̂ ‖ ρ and ŝ.</summary>
    [SkipLocalsInit]
    public static void GenerateKeyPair(
        in MLKemParameters parameters, ReadOnlySpan<byte> seed, Span<byte> encryptionKey, Span<byte> decryptionKey)
    {
        // (ρ, σ) = G(d ‖ k)
        Span<byte> seeds = stackalloc byte[2 * MLKemParameters.SeedSize];
        KeccakSponge sponge = KeccakSponge.Sha3_512();
        sponge.Absorb(seed);
        sponge.Absorb((byte)parameters.K);
        sponge.Squeeze(seeds);
        sponge.Clear();
        ReadOnlySpan<byte> matrixSeed = seeds[..MLKemParameters.SeedSize];
        ReadOnlySpan<byte> noiseSeed = seeds[MLKemParameters.SeedSize..];

        Span<short> secret = stackalloc short[parameters.VectorLength];
        Span<short> error = stackalloc short[parameters.VectorLength];
        SampleTransformed(noiseSeed, 0, parameters.Eta1, secret);
        SampleTransformed(noiseSeed, parameters.K, parameters.Eta1, error);

        // t̂ = Â ∘ ŝ + ê
        Span<short> row = stackalloc short[parameters.VectorLength];
        Span<short> sum = stackalloc short[KemPolynomial.Length];
        int size = KemPacking.EncodedSize(KemPacking.FullBits);
        for (int i = 0; i < parameters.K; i++)
        {
            KemSampling.MatrixRow(matrixSeed, i, row);
            KemNtt.Product(row, secret, sum);
            KemPolynomial.RemoveProductFactor(sum);
            KemPolynomial.Add(sum, KemPolynomial.At(error, i));
            KemPolynomial.ToCanonical(sum);
            KemPacking.Encode(sum, KemPacking.FullBits, encryptionKey.Slice(i * size, size));
        }

        matrixSeed.CopyTo(encryptionKey[parameters.EncodedVectorSize..]);
        KemPolynomial.ToCanonical(secret);
        KemPacking.Encode(secret, KemPacking.FullBits, decryptionKey);

        CryptographicOperations.ZeroMemory(seeds);
        Erase(secret);
        Erase(error);
        Erase(sum);
    }

    /// <summary>K-PKE.Encrypt, algorithm 14, of a 32-byte message with the 32 random bytes r.</summary>
    [SkipLocalsInit]
    public static void Encrypt(
        in MLKemParameters parameters,
        ReadOnlySpan<byte> encryptionKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> randomness,
        Span<byte> ciphertext)
    {
        ReadOnlySpan<byte> matrixSeed = encryptionKey[parameters.EncodedVectorSize..];
        Span<short> secret = stackalloc short[parameters.VectorLength];
        SampleTransformed(randomness, 0, parameters.Eta1, secret);

        // u = NTT⁻¹(Âᵀ ∘ ŷ) + e1
        Span<short> row = stackalloc short[parameters.VectorLength];
        Span<short> sum = stackalloc short[KemPolynomial.Length];
        Span<short> error = stackalloc short[KemPolynomial.Length];
        for (int i = 0; i < parameters.K; i++)
        {
            KemSampling.TransposedMatrixRow(matrixSeed, i, row);
            KemNtt.Product(row, secret, sum);
            KemNtt.Inverse(sum);
            KemSampling.Noise(randomness, parameters.K + i, parameters.Eta2, error);
            KemPolynomial.Add(sum, error);
            CompressAndEncode(sum, parameters.Du, ciphertext.Slice(i * parameters.EncodedUSize, parameters.EncodedUSize));
        }

        // v = NTT⁻¹(t̂ᵀ ∘ ŷ) + e2 + Decompress(m)
        KemPacking.Decode(encryptionKey[..parameters.EncodedVectorSize], KemPacking.FullBits, row);
        KemNtt.Product(row, secret, sum);
        KemNtt.Inverse(sum);
        KemSampling.Noise(randomness, 2 * parameters.K, parameters.Eta2, error);
        KemPolynomial.Add(sum, error);
        KemPacking.Decode(message, 1, error);
        KemPacking.Decompress(error, 1);
        KemPolynomial.Add(sum, error);
        CompressAndEncode(sum, parameters.Dv, ciphertext[^parameters.EncodedVSize..]);

        Erase(secret);
        Erase(sum);
        Erase(error);
    }

    /// <summary>K-PKE.Decrypt, algorithm 15: the 32-byte message.</summary>
    [SkipLocalsInit]
    public static void Decrypt(
        in MLKemParameters parameters, ReadOnlySpan<byte> decryptionKey, ReadOnlySpan<byte> ciphertext, Span<byte> message)
    {
        Span<short> vector = stackalloc short[parameters.VectorLength];
        for (int i = 0; i < parameters.K; i++)
        {
            Span<short> part = KemPolynomial.At(vector, i);
            KemPacking.Decode(ciphertext.Slice(i * parameters.EncodedUSize, parameters.EncodedUSize), parameters.Du, part);
            KemPacking.Decompress(part, parameters.Du);
            KemNtt.Forward(part);
        }

        Span<short> secret = stackalloc short[parameters.VectorLength];
        KemPacking.Decode(decryptionKey, KemPacking.FullBits, secret);

        // w = v - NTT⁻¹(ŝᵀ ∘ NTT(u))
        Span<short> difference = stackalloc short[KemPolynomial.Length];
        Span<short> masked = stackalloc short[KemPolynomial.Length];
        KemNtt.Product(secret, vector, difference);
        KemNtt.Inverse(difference);
        KemPacking.Decode(ciphertext[^parameters.EncodedVSize..], parameters.Dv, masked);
        KemPacking.Decompress(masked, parameters.Dv);
        KemPolynomial.SubtractFrom(masked, difference);
        CompressAndEncode(difference, 1, message);

        Erase(secret);
        Erase(difference);
    }

    private static void SampleTransformed(ReadOnlySpan<byte> seed, int counter, int eta, Span<short> vector)
    {
        KemSampling.Noise(seed, counter, eta, vector);
        for (int i = 0; i * KemPolynomial.Length < vector.Length; i++)
        {
            KemNtt.Forward(KemPolynomial.At(vector, i));
        }
    }

    private static void CompressAndEncode(Span<short> polynomial, int bits, Span<byte> destination)
    {
        KemPolynomial.ToCanonical(polynomial);
        KemPacking.Compress(polynomial, bits);
        KemPacking.Encode(polynomial, bits, destination);
    }

    private static void Erase(Span<short> coefficients) =>
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(coefficients));
}
