namespace Postern.Cryptography;

/// <summary>What follows from a verification key alone: A and t1 2^13, both transformed, and tr. All of it is public.</summary>
internal readonly ref struct DsaExpandedVerificationKey
{
    /// <summary>A key that was expanded before.</summary>
    public DsaExpandedVerificationKey(DsaParameters parameters, ReadOnlySpan<byte> keyHash, ReadOnlySpan<int> polynomials)
    {
        int matrixLength = parameters.Rows * parameters.Columns * DsaPolynomial.Size;
        KeyHash = keyHash;
        Matrix = polynomials[..matrixLength];
        T1 = polynomials[matrixLength..];
    }

    /// <summary>tr = H(pk).</summary>
    public ReadOnlySpan<byte> KeyHash { get; }

    public ReadOnlySpan<int> Matrix { get; }

    /// <summary>t1 2^13, transformed.</summary>
    public ReadOnlySpan<int> T1 { get; }

    /// <summary>Polynomials of a key.</summary>
    public static int PolynomialCount(DsaParameters parameters) => parameters.Rows * (parameters.Columns + 1);

    /// <summary>Expands the bytes of a verification key into <paramref name="polynomials"/> and <paramref name="keyHash"/>.</summary>
    public static void Expand(
        DsaParameters parameters,
        DsaKernel kernel,
        DsaLanes lanes,
        ReadOnlySpan<byte> verificationKey,
        Span<byte> keyHash,
        Span<int> polynomials)
    {
        Sha3.Shake256(verificationKey, keyHash);
        Span<int> matrix = polynomials[..(parameters.Rows * parameters.Columns * DsaPolynomial.Size)];
        kernel.ExpandMatrix(lanes, verificationKey[..DsaParameters.SeedSize], parameters.Columns, matrix);

        ReadOnlySpan<byte> packedT1 = verificationKey[DsaParameters.SeedSize..];
        int size = DsaPacking.PackedSize(DsaParameters.T1Bits);
        Span<int> t1 = polynomials[matrix.Length..];
        for (int i = 0; i < parameters.Rows; i++)
        {
            Span<int> polynomial = DsaPolynomial.At(t1, i);
            kernel.UnpackUnsigned(packedT1.Slice(i * size, size), DsaParameters.T1Bits, polynomial);
            kernel.ScaleHigh(polynomial);
        }

        kernel.Forward(t1);
    }
}
