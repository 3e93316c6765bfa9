namespace Postern.Cryptography;

/// <summary>What follows from a signing key alone: A, s1, s2 and t0, all transformed. Lies in memory that its owner erases.</summary>
internal readonly ref struct DsaExpandedSigningKey
{
    /// <summary>Size of rho ‖ K ‖ tr, the first part of a signing key (FIPS 204 algorithm 24): all that is needed besides the polynomials.</summary>
    public const int HeadSize = (2 * DsaParameters.SeedSize) + DsaParameters.HashSize;

    /// <summary>A key that was expanded before.</summary>
    public DsaExpandedSigningKey(DsaParameters parameters, ReadOnlySpan<byte> head, Span<int> polynomials)
    {
        KeySeed = head.Slice(DsaParameters.SeedSize, DsaParameters.SeedSize);
        KeyHash = head.Slice(2 * DsaParameters.SeedSize, DsaParameters.HashSize);
        Matrix = Take(ref polynomials, parameters.Rows * parameters.Columns);
        S1 = Take(ref polynomials, parameters.Columns);
        S2 = Take(ref polynomials, parameters.Rows);
        T0 = Take(ref polynomials, parameters.Rows);
    }

    /// <summary>K.</summary>
    public ReadOnlySpan<byte> KeySeed { get; }

    /// <summary>tr.</summary>
    public ReadOnlySpan<byte> KeyHash { get; }

    public Span<int> Matrix { get; }

    public Span<int> S1 { get; }

    public Span<int> S2 { get; }

    public Span<int> T0 { get; }

    /// <summary>Polynomials of a key.</summary>
    public static int PolynomialCount(DsaParameters parameters) =>
        (parameters.Rows * parameters.Columns) + parameters.Columns + (2 * parameters.Rows);

    /// <summary>Expands the bytes of a signing key into <paramref name="polynomials"/>.</summary>
    public static DsaExpandedSigningKey Expand(
        DsaParameters parameters, DsaKernel kernel, DsaLanes lanes, ReadOnlySpan<byte> signingKey, Span<int> polynomials)
    {
        DsaExpandedSigningKey key = new(parameters, signingKey[..HeadSize], polynomials);
        kernel.ExpandMatrix(lanes, signingKey[..DsaParameters.SeedSize], parameters.Columns, key.Matrix);
        ReadOnlySpan<byte> packed = signingKey[HeadSize..];
        packed = ReadTransformed(kernel, packed, parameters.EtaBits, parameters.Eta, key.S1);
        packed = ReadTransformed(kernel, packed, parameters.EtaBits, parameters.Eta, key.S2);
        ReadTransformed(kernel, packed, DsaParameters.T0Bits, DsaParameters.T0Upper, key.T0);
        return key;
    }

    // Returns what follows.
    private static ReadOnlySpan<byte> ReadTransformed(
        DsaKernel kernel, ReadOnlySpan<byte> packed, int bits, int upper, scoped Span<int> vector)
    {
        int size = DsaPacking.PackedSize(bits);
        int count = vector.Length / DsaPolynomial.Size;
        for (int i = 0; i < count; i++)
        {
            kernel.UnpackCentred(packed.Slice(i * size, size), bits, upper, DsaPolynomial.At(vector, i));
        }

        kernel.Forward(vector);
        return packed[(count * size)..];
    }

    private static Span<int> Take(scoped ref Span<int> polynomials, int count)
    {
        Span<int> taken = polynomials[..(count * DsaPolynomial.Size)];
        polynomials = polynomials[taken.Length..];
        return taken;
    }
}
