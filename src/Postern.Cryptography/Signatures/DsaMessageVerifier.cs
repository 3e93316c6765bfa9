namespace Postern.Cryptography;

/// <summary>An ML-DSA verification key in its expanded form: 20, 36 and 64 KiB.</summary>
internal sealed class DsaMessageVerifier(MLDsa algorithm, int polynomials) : MessageVerifier(algorithm)
{
    /// <summary>tr, which the algorithm computes.</summary>
    internal byte[] KeyHash { get; } = new byte[DsaParameters.HashSize];

    /// <summary>What the algorithm expands the key into.</summary>
    internal int[] Polynomials { get; } = new int[polynomials * DsaPolynomial.Size];

    private protected override bool VerifyCore(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        algorithm.Verify(this, message, signature);
}
