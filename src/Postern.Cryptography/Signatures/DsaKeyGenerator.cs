using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>ML-DSA.KeyGen (FIPS 204 algorithms 1 and 6).</summary>
internal static class DsaKeyGenerator
{
    /// <summary>Polynomials of the workspace: s1, s2, A, one of t, one more.</summary>
    public static int PolynomialCount(DsaParameters parameters) => ((parameters.Rows + 1) * (parameters.Columns + 1)) + 1;

    public static void Generate(
        DsaParameters parameters,
        DsaKernel kernel,
        DsaWorkspace workspace,
        RandomSource random,
        Span<byte> verificationKey,
        Span<byte> signingKey)
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

        Span<int> secrets = workspace.Take(parameters.Columns + parameters.Rows);
        kernel.ExpandSecrets(workspace.Lanes, parameters.Eta, secretSeed, 0, secrets);
        PackSecrets(parameters, kernel, secrets, packedSecrets);
        ComputeT(parameters, kernel, workspace, rho, secrets, verificationKey[RhoSize..], packedSecrets);
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

    private static void PackSecrets(DsaParameters parameters, DsaKernel kernel, Span<int> secrets, Span<byte> packedSecrets)
    {
        int size = parameters.PackedSecretSize;
        for (int i = 0; i < secrets.Length / DsaPolynomial.Size; i++)
        {
            kernel.PackCentred(DsaPolynomial.At(secrets, i), parameters.EtaBits, parameters.Eta, packedSecrets.Slice(i * size, size));
        }
    }

    // t = A s1 + s2, a row at a time. Leaves s1 transformed.
    private static void ComputeT(
        DsaParameters parameters,
        DsaKernel kernel,
        DsaWorkspace workspace,
        ReadOnlySpan<byte> rho,
        Span<int> secrets,
        Span<byte> packedT1,
        Span<byte> packedSecrets)
    {
        int packedT1Size = DsaPacking.PackedSize(DsaParameters.T1Bits);
        int packedT0Size = DsaPacking.PackedSize(DsaParameters.T0Bits);
        Span<byte> packedT0 = packedSecrets[^(parameters.Rows * packedT0Size)..];
        Span<int> s1 = secrets[..(parameters.Columns * DsaPolynomial.Size)];
        Span<int> s2 = secrets[s1.Length..];
        Span<int> matrix = workspace.Take(parameters.Rows * parameters.Columns);
        Span<int> t = workspace.Take(1);
        Span<int> low = workspace.Take(1);
        kernel.Forward(s1);
        kernel.ExpandMatrix(workspace.Lanes, rho, parameters.Columns, matrix);
        for (int i = 0; i < parameters.Rows; i++)
        {
            kernel.MultiplyRow(matrix.Slice(i * s1.Length, s1.Length), s1, t);
            kernel.Inverse(t);
            kernel.Add(t, DsaPolynomial.At(s2, i));
            kernel.ToCanonical(t);

            kernel.Power2Round(t, low);
            kernel.PackUnsigned(t, DsaParameters.T1Bits, packedT1.Slice(i * packedT1Size, packedT1Size));
            kernel.PackCentred(low, DsaParameters.T0Bits, DsaParameters.T0Upper, packedT0.Slice(i * packedT0Size, packedT0Size));
        }
    }
}
