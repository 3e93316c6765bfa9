namespace Postern.Cryptography;

/// <summary>
/// The work under ML-KEM on one path. Vectors of polynomials lie end to end. It keeps hash states, so that one thread at a time uses it.
/// </summary>
internal abstract class KemCore
{
    /// <summary>Coefficients behind a matrix that sampling may overwrite.</summary>
    public const int MatrixSlack = 32;

    /// <summary>The fastest path of this machine.</summary>
    public static KemPath Fastest { get; } = Enum.GetValues<KemPath>().Where(IsSupported).Max();

    /// <summary>Whether <paramref name="path"/> runs on this machine at its intended speed.</summary>
    public static bool IsSupported(KemPath path) => path switch
    {
        KemPath.Portable => true,
        KemPath.Vector128 => KemVector128.IsSupported,
        KemPath.Vector256 => KemVector256.IsSupported,
        KemPath.Vector512 => KemVector512.IsSupported,
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "Not a path."),
    };

    /// <summary>A core of one path; those with vectors hash on <paramref name="lanes"/>.</summary>
    public static KemCore Create(KemPath path, KeccakLanesPath lanes) => path switch
    {
        KemPath.Portable => new KemPortableCore(),
        KemPath.Vector128 => new KemVectorCore<KemVector128>(lanes),
        KemPath.Vector256 => new KemVectorCore<KemVector256>(lanes),
        KemPath.Vector512 => new KemVectorCore<KemVector512>(lanes),
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "Not a path."),
    };

    /// <summary>
    /// What key generation starts with. The matrix of the seed ρ row by row, k² polynomials and <see cref="MatrixSlack"/> coefficients of
    /// room behind them (algorithm 13, lines 3 to 7), and a vector of noise with counters from zero on.
    /// </summary>
    public abstract void SampleMatrixAndNoise(
        ReadOnlySpan<byte> matrixSeed, int k, Span<short> matrix, ReadOnlySpan<byte> noiseSeed, int eta, Span<short> noise);

    /// <inheritdoc cref="KemSampling.Noise"/>
    public abstract void SampleNoise(ReadOnlySpan<byte> seed, int counter, int eta, Span<short> vector);

    /// <summary>
    /// What encryption to a key starts with: the transposed matrix of its ρ (algorithm 14, lines 4 to 8), with the same room, and H(ek).
    /// </summary>
    public abstract void SampleMatrixAndHash(ReadOnlySpan<byte> publicKey, int k, Span<short> matrix, Span<byte> keyHash);

    /// <summary>The same, and J(z ‖ c), the secret of a refused ciphertext (FIPS 203 §4.1).</summary>
    public abstract void SampleMatrixAndHash(
        ReadOnlySpan<byte> publicKey,
        int k,
        Span<short> matrix,
        Span<byte> keyHash,
        ReadOnlySpan<byte> rejectionSeed,
        ReadOnlySpan<byte> ciphertext,
        Span<byte> rejection);

    /// <summary><see cref="KemNtt.Forward"/> of every polynomial of a vector.</summary>
    public abstract void Forward(Span<short> vector);

    /// <inheritdoc cref="KemNtt.Inverse"/>
    public abstract void Inverse(Span<short> polynomial);

    /// <inheritdoc cref="KemNtt.Product"/>
    public abstract void Product(ReadOnlySpan<short> left, ReadOnlySpan<short> right, Span<short> result);

    /// <inheritdoc cref="KemPolynomial.RemoveProductFactor"/>
    public abstract void RemoveProductFactor(Span<short> polynomial);

    /// <inheritdoc cref="KemPolynomial.Add"/>
    public abstract void Add(Span<short> target, ReadOnlySpan<short> addend);

    /// <inheritdoc cref="KemPolynomial.SubtractFrom"/>
    public abstract void SubtractFrom(ReadOnlySpan<short> minuend, Span<short> target);

    /// <inheritdoc cref="KemPolynomial.ToCanonical"/>
    public abstract void ToCanonical(Span<short> vector);

    /// <inheritdoc cref="KemPacking.Compress"/>
    public abstract void Compress(Span<short> polynomial, int bits);

    /// <inheritdoc cref="KemPacking.Decompress"/>
    public abstract void Decompress(Span<short> polynomial, int bits);

    /// <inheritdoc cref="KemPacking.Encode"/>
    public abstract void Encode(ReadOnlySpan<short> vector, int bits, Span<byte> destination);

    /// <inheritdoc cref="KemPacking.Decode"/>
    public abstract void Decode(ReadOnlySpan<byte> source, int bits, Span<short> vector);

    /// <summary>Tells whether every coefficient, not negative, is below q: the modulus check of FIPS 203 §7.2. For public data.</summary>
    public abstract bool IsReduced(ReadOnlySpan<short> vector);

    /// <summary>Erases what hashes left behind.</summary>
    public abstract void Clear();
}
