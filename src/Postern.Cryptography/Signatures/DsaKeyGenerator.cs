using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>ML-DSA.KeyGen (FIPS 204 algorithms 1 and 6).</summary>
internal static class DsaKeyGenerator
{
    /// <summary>Polynomials of the workspace: s1, a row of A, one of s2, one of t.</summary>
    public static int PolynomialCount(DsaParameters parameters) => (2 * parameters.Columns) + 2;

    public static void Generate(
        DsaParameters parameters, DsaWorkspace workspace, RandomSource random, Span<byte> verificationKey, Span<byte> signingKey)
    {
        const int RhoSize = DsaParameters.SeedSize;
        const int KeySeedSize = DsaParameters.SeedSize;
        Span<byte> seeds = stackalloc byte[RhoSize + DsaParameters.LongSeedSize + KeySeedSize];
        ExpandSeed(parameters, random, seeds);
        ReadOnlySpan<byte> rho = seeds[..RhoSize];
        ReadOnlySpan<byte> secretSeed = seeds.Slice(RhoSize, DsaParameters.LongSeedSize);
        ReadOnlySpan<byte> keySeed = seeds[^KeySeedSize..];

        // pk = rho || t1, sk = rho || K || tr || s1 || s2 || t0
        rho.CopyTo(verificationKey);
        rho.CopyTo(signingKey);
        keySeed.CopyTo(signingKey[RhoSize..]);
        Span<byte> keyHash = signingKey.Slice(RhoSize + KeySeedSize, DsaParameters.HashSize);
        Span<byte> packedSecrets = signingKey[(RhoSize + KeySeedSize + DsaParameters.HashSize)..];

        Span<int> s1 = workspace.Take(parameters.Columns);
        ExpandS1(parameters, secretSeed, s1, packedSecrets);
        ComputeT(parameters, workspace, rho, secretSeed, s1, verificationKey[RhoSize..], packedSecrets);
        Sha3.Shake256(verificationKey, keyHash);
        CryptographicOperations.ZeroMemory(seeds);
    }

    // rho || rho' || K = H(xi || k || l, 128)
    private static void ExpandSeed(DsaParameters parameters, RandomSource random, Span<byte> seeds)
    {
        Span<byte> seed = stackalloc byte[DsaParameters.SeedSize];
        random.Fill(seed);
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(seed);
        sponge.Absorb([(byte)parameters.Rows, (byte)parameters.Columns]);
        sponge.Squeeze(seeds);
        sponge.Clear();
        CryptographicOperations.ZeroMemory(seed);
    }

    // Leaves s1 transformed.
    private static void ExpandS1(DsaParameters parameters, ReadOnlySpan<byte> secretSeed, Span<int> s1, Span<byte> packedSecrets)
    {
        for (int i = 0; i < parameters.Columns; i++)
        {
            Span<int> polynomial = DsaPolynomial.At(s1, i);
            DsaSampling.ExpandSecret(parameters.Eta, secretSeed, i, polynomial);
            PackSecret(parameters, polynomial, i, packedSecrets);
            DsaNtt.Forward(polynomial);
        }
    }

    // t = A s1 + s2, a row at a time.
    private static void ComputeT(
        DsaParameters parameters,
        DsaWorkspace workspace,
        ReadOnlySpan<byte> rho,
        ReadOnlySpan<byte> secretSeed,
        ReadOnlySpan<int> s1,
        Span<byte> packedT1,
        Span<byte> packedSecrets)
    {
        int packedT1Size = DsaPacking.PackedSize(DsaParameters.T1Bits);
        int packedT0Size = DsaPacking.PackedSize(DsaParameters.T0Bits);
        Span<byte> packedT0 = packedSecrets[^(parameters.Rows * packedT0Size)..];
        Span<int> matrixRow = workspace.Take(parameters.Columns);
        Span<int> t = workspace.Take(1);
        Span<int> low = workspace.Take(1);
        for (int i = 0; i < parameters.Rows; i++)
        {
            DsaSampling.ExpandRow(rho, i, matrixRow);
            DsaPolynomial.MultiplyRow(matrixRow, s1, t);
            DsaNtt.Inverse(t);

            DsaSampling.ExpandSecret(parameters.Eta, secretSeed, parameters.Columns + i, low);
            PackSecret(parameters, low, parameters.Columns + i, packedSecrets);
            DsaPolynomial.Add(t, low);
            DsaPolynomial.ToCanonical(t);

            DsaRounding.Power2Round(t, low);
            DsaPacking.PackUnsigned(t, DsaParameters.T1Bits, packedT1.Slice(i * packedT1Size, packedT1Size));
            DsaPacking.PackCentred(
                low, DsaParameters.T0Bits, DsaParameters.T0Upper, packedT0.Slice(i * packedT0Size, packedT0Size));
        }
    }

    private static void PackSecret(DsaParameters parameters, ReadOnlySpan<int> polynomial, int index, Span<byte> packedSecrets)
    {
        int size = parameters.PackedSecretSize;
        DsaPacking.PackCentred(polynomial, parameters.EtaBits, parameters.Eta, packedSecrets.Slice(index * size, size));
    }
}
