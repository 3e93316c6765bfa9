using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>ML-DSA.Verify (FIPS 204 algorithms 3 and 8). Everything it sees is public.</summary>
internal static class DsaVerifier
{
    /// <summary>Polynomials of the workspace: z, A, the challenge, one of w, one more.</summary>
    public static int PolynomialCount(DsaParameters parameters) => ((parameters.Rows + 1) * parameters.Columns) + 3;

    public static bool Verify(
        DsaParameters parameters,
        DsaKernel kernel,
        DsaWorkspace workspace,
        ReadOnlySpan<byte> verificationKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> signature)
    {
        ReadOnlySpan<byte> challenge = signature[..parameters.ChallengeSize];
        ReadOnlySpan<byte> packedZ = signature[parameters.ChallengeSize..^parameters.HintSize];
        ReadOnlySpan<byte> hint = signature[^parameters.HintSize..];

        Span<int> z = workspace.Take(parameters.Columns);
        if (!DsaHint.IsWellFormed(parameters, hint)) return false;
        if (!TryReadZ(parameters, kernel, packedZ, z)) return false;

        Span<byte> hash = stackalloc byte[DsaParameters.HashSize];
        Sha3.Shake256(verificationKey, hash);
        MLDsa.HashMessage(hash, message, hash);

        Span<byte> expected = stackalloc byte[DsaParameters.MaxChallengeSize];
        expected = expected[..parameters.ChallengeSize];
        ComputeChallenge(parameters, kernel, workspace, verificationKey, hash, challenge, z, hint, expected);
        return CryptographicOperations.FixedTimeEquals(challenge, expected);
    }

    // Leaves z transformed. False if a coefficient is gamma1 - beta or more.
    private static bool TryReadZ(DsaParameters parameters, DsaKernel kernel, ReadOnlySpan<byte> packedZ, Span<int> z)
    {
        int size = parameters.PackedZSize;
        for (int i = 0; i < parameters.Columns; i++)
        {
            Span<int> polynomial = DsaPolynomial.At(z, i);
            kernel.UnpackCentred(packedZ.Slice(i * size, size), parameters.ZBits, parameters.Gamma1, polynomial);
            if (kernel.ReachesBound(polynomial, parameters.Gamma1 - parameters.Beta)) return false;
        }

        kernel.Forward(z);
        return true;
    }

    // H(mu || w1Encode(UseHint(h, A z - c t1 2^13))), a row at a time.
    private static void ComputeChallenge(
        DsaParameters parameters,
        DsaKernel kernel,
        DsaWorkspace workspace,
        ReadOnlySpan<byte> verificationKey,
        ReadOnlySpan<byte> mu,
        ReadOnlySpan<byte> challenge,
        ReadOnlySpan<int> z,
        ReadOnlySpan<byte> hint,
        Span<byte> expected)
    {
        ReadOnlySpan<byte> rho = verificationKey[..DsaParameters.SeedSize];
        ReadOnlySpan<byte> packedT1 = verificationKey[DsaParameters.SeedSize..];
        int packedT1Size = DsaPacking.PackedSize(DsaParameters.T1Bits);
        Span<byte> packedHigh = stackalloc byte[DsaParameters.MaxPackedHighSize];
        packedHigh = packedHigh[..parameters.PackedHighSize];

        Span<int> matrix = workspace.Take(parameters.Rows * parameters.Columns);
        Span<int> w = workspace.Take(1);
        Span<int> scratch = workspace.Take(1);
        Span<int> c = workspace.Take(1);
        DsaSampling.SampleInBall(parameters.Tau, challenge, c);
        kernel.Forward(c);

        kernel.ExpandMatrix(workspace.Lanes, rho, parameters.Columns, matrix);

        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(mu);
        for (int i = 0; i < parameters.Rows; i++)
        {
            kernel.MultiplyRow(matrix.Slice(i * z.Length, z.Length), z, w);

            kernel.UnpackUnsigned(packedT1.Slice(i * packedT1Size, packedT1Size), DsaParameters.T1Bits, scratch);
            kernel.ScaleHigh(scratch);
            kernel.Forward(scratch);
            kernel.Multiply(c, scratch, scratch);
            kernel.Subtract(w, scratch);
            kernel.Inverse(w);
            kernel.ToCanonical(w);

            kernel.Decompose(parameters, w, scratch);
            DsaRounding.UseHint(parameters.HighLevels, w, scratch, DsaHint.Positions(parameters, hint, i));
            kernel.PackUnsigned(w, parameters.HighBits, packedHigh);
            sponge.Absorb(packedHigh);
        }

        sponge.Squeeze(expected);
    }
}
