namespace Postern.Cryptography;

/// <summary>Vectors of one width.</summary>
internal sealed class KemVectorCore<TVector>(KeccakLanesPath lanes) : KemCore
    where TVector : unmanaged, IKemVector<TVector>
{
    private readonly KemVectorSampling<TVector> _sampling = new(lanes);

    public override void SampleMatrix(ReadOnlySpan<byte> seed, int k, bool transposed, Span<short> matrix)
    {
        KemLaneHash none = default;
        _sampling.SampleMatrix(seed, k, transposed, matrix, ref none, ref none);
    }

    public override void SampleMatrixAndHash(ReadOnlySpan<byte> publicKey, int k, Span<short> matrix, Span<byte> keyHash)
    {
        KemLaneHash first = new(KeccakSponge.Sha3Domain, [], publicKey, keyHash);
        KemLaneHash none = default;
        _sampling.SampleMatrix(publicKey[^MLKemParameters.SeedSize..], k, transposed: true, matrix, ref first, ref none);
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
        KemLaneHash first = new(KeccakSponge.Sha3Domain, [], publicKey, keyHash);
        KemLaneHash second = new(KeccakSponge.ShakeDomain, rejectionSeed, ciphertext, rejection);
        _sampling.SampleMatrix(publicKey[^MLKemParameters.SeedSize..], k, transposed: true, matrix, ref first, ref second);
    }

    public override void SampleNoise(ReadOnlySpan<byte> seed, int counter, int eta, Span<short> vector) =>
        _sampling.SampleNoise(seed, counter, eta, vector);

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
