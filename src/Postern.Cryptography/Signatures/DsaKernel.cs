namespace Postern.Cryptography;

/// <summary>ML-DSA's work on polynomials and vectors of them, by one path. Stateless and shared.</summary>
internal abstract class DsaKernel
{
    /// <summary>The kernel of this machine's fastest path.</summary>
    public static DsaKernel Fastest { get; } = Create(Enum.GetValues<DsaPath>().Where(IsSupported).Max());

    /// <summary>Whether <paramref name="path"/> runs on this machine at its intended speed.</summary>
    public static bool IsSupported(DsaPath path) => path switch
    {
        DsaPath.Scalar => true,
        DsaPath.Vector128 => DsaVector128.IsSupported,
        DsaPath.Vector256 => DsaVector256.IsSupported,
        DsaPath.Vector512 => DsaVector512.IsSupported,
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "Not a path."),
    };

    /// <summary>A kernel of a chosen path.</summary>
    public static DsaKernel Create(DsaPath path) => path switch
    {
        DsaPath.Scalar => new DsaScalarKernel(),
        DsaPath.Vector128 => new DsaVectorKernel<DsaVector128>(),
        DsaPath.Vector256 => new DsaVectorKernel<DsaVector256>(),
        DsaPath.Vector512 => new DsaVectorKernel<DsaVector512>(),
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "Not a path."),
    };

    /// <summary>Algorithm 32, ExpandA: the matrix row by row, as <see cref="DsaSampling.ExpandRow"/> gives each row.</summary>
    public abstract void ExpandMatrix(DsaLanes lanes, ReadOnlySpan<byte> seed, int columns, Span<int> matrix);

    /// <summary>Algorithm 33, ExpandS, a vector: <see cref="DsaSampling.ExpandSecret"/> with nonces from <paramref name="nonce"/> on.</summary>
    public abstract void ExpandSecrets(DsaLanes lanes, int eta, ReadOnlySpan<byte> seed, int nonce, Span<int> vector);

    /// <summary>Algorithm 34, ExpandMask, a vector: <see cref="DsaSampling.ExpandMask"/> with nonces from <paramref name="nonce"/> on.</summary>
    public abstract void ExpandMasks(DsaLanes lanes, DsaParameters parameters, ReadOnlySpan<byte> seed, int nonce, Span<int> vector);

    /// <inheritdoc cref="DsaSampling.TakeUniform"/>
    /// <remarks>The block is followed by rubbish: <see cref="DsaSampling.PaddedBlockSize"/>.</remarks>
    public abstract int TakeUniform(ReadOnlySpan<byte> block, Span<int> polynomial, int count);

    /// <inheritdoc cref="DsaNtt.Forward"/>
    /// <remarks>Of every polynomial of a vector.</remarks>
    public abstract void Forward(Span<int> vector);

    /// <inheritdoc cref="DsaNtt.Inverse"/>
    /// <remarks>Of every polynomial of a vector.</remarks>
    public abstract void Inverse(Span<int> vector);

    /// <inheritdoc cref="DsaPolynomial.Multiply"/>
    public abstract void Multiply(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> product);

    /// <inheritdoc cref="DsaPolynomial.MultiplyRow"/>
    public abstract void MultiplyRow(ReadOnlySpan<int> row, ReadOnlySpan<int> vector, Span<int> product);

    /// <inheritdoc cref="DsaPolynomial.Add"/>
    public abstract void Add(Span<int> target, ReadOnlySpan<int> addend);

    /// <inheritdoc cref="DsaPolynomial.Subtract"/>
    public abstract void Subtract(Span<int> target, ReadOnlySpan<int> subtrahend);

    /// <inheritdoc cref="DsaPolynomial.Reduce"/>
    public abstract void Reduce(Span<int> polynomial);

    /// <inheritdoc cref="DsaPolynomial.ToCanonical"/>
    public abstract void ToCanonical(Span<int> polynomial);

    /// <inheritdoc cref="DsaPolynomial.ReachesBound"/>
    public abstract bool ReachesBound(ReadOnlySpan<int> polynomial, int bound);

    /// <inheritdoc cref="DsaRounding.Power2Round"/>
    public abstract void Power2Round(Span<int> polynomial, Span<int> low);

    /// <inheritdoc cref="DsaRounding.ScaleHigh"/>
    public abstract void ScaleHigh(Span<int> polynomial);

    /// <inheritdoc cref="DsaRounding.Decompose"/>
    public abstract void Decompose(DsaParameters parameters, Span<int> polynomial, Span<int> low);

    /// <inheritdoc cref="DsaRounding.MakeHint"/>
    public abstract int MakeHint(int gamma2, Span<int> low, ReadOnlySpan<int> ct0, ReadOnlySpan<int> high);

    /// <inheritdoc cref="DsaPacking.PackUnsigned"/>
    public abstract void PackUnsigned(ReadOnlySpan<int> polynomial, int bits, Span<byte> destination);

    /// <inheritdoc cref="DsaPacking.PackCentred"/>
    public abstract void PackCentred(ReadOnlySpan<int> polynomial, int bits, int upper, Span<byte> destination);

    /// <inheritdoc cref="DsaPacking.UnpackUnsigned"/>
    public abstract void UnpackUnsigned(ReadOnlySpan<byte> source, int bits, Span<int> polynomial);

    /// <inheritdoc cref="DsaPacking.UnpackCentred"/>
    public abstract void UnpackCentred(ReadOnlySpan<byte> source, int bits, int upper, Span<int> polynomial);
}
