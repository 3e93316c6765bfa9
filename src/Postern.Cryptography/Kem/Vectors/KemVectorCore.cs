namespace Postern.Cryptography;

/// <summary>Vectors of one width.</summary>
internal sealed class KemVectorCore<TVector>(KeccakLanesPath lanes) : KemCore
    where TVector : unmanaged, IKemVector<TVector>
{
    private readonly KemVectorSampling<TVector> _sampling = new(lanes);

    public override void SampleMatrixAndNoise(
        ReadOnlySpan<byte> matrixSeed, int k, Span<short> matrix, ReadOnlySpan<byte> noiseSeed, int eta, Span<short> noise)
    {
        KemSamplingWork work = new()
        {
            K = k,
            MatrixSeed = matrixSeed,
            Matrix = matrix,
            NoiseSeed = noiseSeed,
            NoiseWidth = eta,
            Noise = noise,
        };
        _sampling.Run(ref work);
    }

    public override void SampleMatrixAndHash(ReadOnlySpan<byte> publicKey, int k, Span<short> matrix, Span<byte> keyHash)
    {
        KemSamplingWork work = new()
        {
            K = k,
            MatrixSeed = publicKey[^MLKemParameters.SeedSize..],
            Transposed = true,
            Matrix = matrix,
            FirstHash = new(KeccakSponge.Sha3Domain, [], publicKey, keyHash),
        };
        _sampling.Run(ref work);
    }

    public override void SampleMatrixAndHash(
        ReadOnlySpan<byte> publicKey,
        int k,
        Span<short> matrix,
        Span<byte> keyHash,
        ReadOnlySpan<byte> rejectionSeed,
        ReadOnlySpan<byte> ciphertext,
        Span<byte> rejection)
    {
        KemSamplingWork work = new()
        {
            K = k,
            MatrixSeed = publicKey[^MLKemParameters.SeedSize..],
            Transposed = true,
            Matrix = matrix,
            FirstHash = new(KeccakSponge.Sha3Domain, [], publicKey, keyHash),
            SecondHash = new(KeccakSponge.ShakeDomain, rejectionSeed, ciphertext, rejection),
        };
        _sampling.Run(ref work);
    }

    public override void SampleNoise(ReadOnlySpan<byte> seed, int counter, int eta, Span<short> vector)
    {
        KemSamplingWork work = new() { NoiseSeed = seed, NoiseCounter = counter, NoiseWidth = eta, Noise = vector };
        _sampling.Run(ref work);
    }

    public override void Forward(Span<short> vector)
    {
        for (int i = 0; i * KemPolynomial.Length < vector.Length; i++) KemVectorNtt<TVector>.Forward(KemPolynomial.At(vector, i));
    }

    public override void Inverse(Span<short> polynomial) => KemVectorNtt<TVector>.Inverse(polynomial);

    public override void Product(ReadOnlySpan<short> left, ReadOnlySpan<short> right, Span<short> result) =>
        KemVectorNtt<TVector>.Product(left, right, result);

    public override void RemoveProductFactor(Span<short> polynomial) => KemVectorPolynomial<TVector>.RemoveProductFactor(polynomial);

    public override void Add(Span<short> target, ReadOnlySpan<short> addend) => KemVectorPolynomial<TVector>.Add(target, addend);

    public override void SubtractFrom(ReadOnlySpan<short> minuend, Span<short> target) =>
        KemVectorPolynomial<TVector>.SubtractFrom(minuend, target);

    public override void ToCanonical(Span<short> vector) => KemVectorPolynomial<TVector>.ToCanonical(vector);

    public override void Compress(Span<short> polynomial, int bits) => KemVectorPolynomial<TVector>.Compress(polynomial, bits);

    public override void Decompress(Span<short> polynomial, int bits) => KemVectorPolynomial<TVector>.Decompress(polynomial, bits);

    public override void Encode(ReadOnlySpan<short> vector, int bits, Span<byte> destination) => TVector.Encode(vector, bits, destination);

    public override void Decode(ReadOnlySpan<byte> source, int bits, Span<short> vector) => TVector.Decode(source, bits, vector);

    public override bool IsReduced(ReadOnlySpan<short> vector) => KemVectorPolynomial<TVector>.IsReduced(vector);

    public override void Clear() => _sampling.Clear();
}
