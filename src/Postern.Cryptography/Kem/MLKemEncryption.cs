using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>K-PKE, the encryption scheme inside ML-KEM (FIPS 203 §5). Not secure by itself: only <see cref="MLKem"/> uses it.</summary>
internal static class MLKemEncryption
{
    /// <summary>K-PKE.KeyGen, algorithm 13, of the 32-byte seed d: t̂ ‖ ρ and ŝ.</summary>
    [SkipLocalsInit]
    public static void GenerateKeyPair(
        MLKemWorkspace workspace, ReadOnlySpan<byte> seed, Span<byte> encryptionKey, Span<byte> decryptionKey)
    {
        MLKemParameters parameters = workspace.Parameters;
        KemCore core = workspace.Core;

        // (ρ, σ) = G(d ‖ k)
        Span<byte> seeds = stackalloc byte[2 * MLKemParameters.SeedSize];
        KeccakSponge sponge = KeccakSponge.Sha3_512();
        sponge.Absorb(seed);
        sponge.Absorb((byte)parameters.K);
        sponge.Squeeze(seeds);
        sponge.Clear();
        ReadOnlySpan<byte> matrixSeed = seeds[..MLKemParameters.SeedSize];
        ReadOnlySpan<byte> noiseSeed = seeds[MLKemParameters.SeedSize..];
        Span<short> noise = workspace.Noise[..(2 * parameters.VectorLength)];
        core.SampleMatrixAndNoise(matrixSeed, parameters.K, workspace.Matrix, noiseSeed, parameters.Eta1, noise);
        core.Forward(noise);
        Span<short> secret = workspace.Secret;

        // t̂ = Â ∘ ŝ + ê
        Span<short> sum = workspace.Sum;
        int size = KemPacking.EncodedSize(KemPacking.FullBits);
        for (int i = 0; i < parameters.K; i++)
        {
            core.Product(workspace.MatrixRow(i), secret, sum);
            core.RemoveProductFactor(sum);
            core.Add(sum, KemPolynomial.At(workspace.Error, i));
            core.ToCanonical(sum);
            core.Encode(sum, KemPacking.FullBits, encryptionKey.Slice(i * size, size));
        }

        matrixSeed.CopyTo(encryptionKey[parameters.EncodedVectorSize..]);
        core.ToCanonical(secret);
        core.Encode(secret, KemPacking.FullBits, decryptionKey);
        CryptographicOperations.ZeroMemory(seeds);
    }

    /// <summary>
    /// K-PKE.Encrypt, algorithm 14, of a 32-byte message with the 32 random bytes r. The workspace has the transposed matrix already:
    /// it is sampled together with a hash of the key.
    /// </summary>
    public static void Encrypt(
        MLKemWorkspace workspace,
        ReadOnlySpan<byte> encryptionKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> randomness,
        Span<byte> ciphertext)
    {
        MLKemParameters parameters = workspace.Parameters;
        KemCore core = workspace.Core;
        SampleNoise(workspace, randomness);
        Span<short> secret = workspace.Secret;
        Span<short> error = workspace.Error;
        core.Forward(secret);

        // u = NTT⁻¹(Âᵀ ∘ ŷ) + e1
        Span<short> sum = workspace.Sum;
        for (int i = 0; i < parameters.K; i++)
        {
            core.Product(workspace.MatrixRow(i), secret, sum);
            core.Inverse(sum);
            core.Add(sum, KemPolynomial.At(error, i));
            CompressAndEncode(core, sum, parameters.Du, ciphertext.Slice(i * parameters.EncodedUSize, parameters.EncodedUSize));
        }

        // v = NTT⁻¹(t̂ᵀ ∘ ŷ) + e2 + Decompress(m)
        Span<short> decoded = workspace.Decoded;
        core.Decode(encryptionKey[..parameters.EncodedVectorSize], KemPacking.FullBits, decoded);
        core.Product(decoded, secret, sum);
        core.Inverse(sum);
        core.Add(sum, KemPolynomial.At(error, parameters.K));
        core.Decode(message, 1, workspace.Message);
        core.Decompress(workspace.Message, 1);
        core.Add(sum, workspace.Message);
        CompressAndEncode(core, sum, parameters.Dv, ciphertext[^parameters.EncodedVSize..]);
    }

    /// <summary>K-PKE.Decrypt, algorithm 15: the 32-byte message.</summary>
    public static void Decrypt(
        MLKemWorkspace workspace, ReadOnlySpan<byte> decryptionKey, ReadOnlySpan<byte> ciphertext, Span<byte> message)
    {
        MLKemParameters parameters = workspace.Parameters;
        KemCore core = workspace.Core;
        Span<short> vector = workspace.Decoded;
        core.Decode(ciphertext[..^parameters.EncodedVSize], parameters.Du, vector);
        core.Decompress(vector, parameters.Du);
        core.Forward(vector);
        Span<short> secret = workspace.Secret;
        core.Decode(decryptionKey, KemPacking.FullBits, secret);

        // w = v - NTT⁻¹(ŝᵀ ∘ NTT(u))
        Span<short> difference = workspace.Sum;
        Span<short> masked = workspace.Message;
        core.Product(secret, vector, difference);
        core.Inverse(difference);
        core.Decode(ciphertext[^parameters.EncodedVSize..], parameters.Dv, masked);
        core.Decompress(masked, parameters.Dv);
        core.SubtractFrom(masked, difference);
        CompressAndEncode(core, difference, 1, message);
    }

    // y, e1 and e2 have consecutive counters, and mostly one width.
    private static void SampleNoise(MLKemWorkspace workspace, ReadOnlySpan<byte> randomness)
    {
        MLKemParameters parameters = workspace.Parameters;
        if (parameters.Eta1 == parameters.Eta2)
        {
            workspace.Core.SampleNoise(randomness, 0, parameters.Eta1, workspace.Noise);
            return;
        }

        workspace.Core.SampleNoise(randomness, 0, parameters.Eta1, workspace.Secret);
        workspace.Core.SampleNoise(randomness, parameters.K, parameters.Eta2, workspace.Error);
    }

    private static void CompressAndEncode(KemCore core, Span<short> polynomial, int bits, Span<byte> destination)
    {
        core.ToCanonical(polynomial);
        core.Compress(polynomial, bits);
        core.Encode(polynomial, bits, destination);
    }
}
