namespace Postern.Cryptography;

/// <summary>The portable code, which says what every other path must compute.</summary>
internal sealed class KemPortableCore : KemCore
{
    public override void SampleMatrixAndNoise(
        ReadOnlySpan<byte> matrixSeed, int k, Span<short> matrix, ReadOnlySpan<byte> noiseSeed, int eta, Span<short> noise)
    {
        int length = k * KemPolynomial.Length;
        for (int i = 0; i < k; i++) KemSampling.MatrixRow(matrixSeed, i, matrix.Slice(i * length, length));
        KemSampling.Noise(noiseSeed, 0, eta, noise);
    }

    public override void SampleNoise(ReadOnlySpan<byte> seed, int counter, int eta, Span<short> vector) =>
        KemSampling.Noise(seed, counter, eta, vector);

    public override void SampleMatrixAndHash(ReadOnlySpan<byte> publicKey, int k, Span<short> matrix, Span<byte> keyHash)
    {
        ReadOnlySpan<byte> seed = publicKey[^MLKemParameters.SeedSize..];
        int length = k * KemPolynomial.Length;
        for (int i = 0; i < k; i++) KemSampling.TransposedMatrixRow(seed, i, matrix.Slice(i * length, length));
        Sha3.HashData256(publicKey, keyHash);
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
        SampleMatrixAndHash(publicKey, k, matrix, keyHash);
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(rejectionSeed);
        sponge.Absorb(ciphertext);
        sponge.Squeeze(rejection);
        sponge.Clear();
    }

    public override void Forward(Span<short> vector)
    {
        for (int i = 0; i * KemPolynomial.Length < vector.Length; i++) KemNtt.Forward(KemPolynomial.At(vector, i));
    }

    public override void Inverse(Span<short> polynomial) => KemNtt.Inverse(polynomial);

    public override void Product(ReadOnlySpan<short> left, ReadOnlySpan<short> right, Span<short> result) =>
        KemNtt.Product(left, right, result);

    public override void RemoveProductFactor(Span<short> polynomial) => KemPolynomial.RemoveProductFactor(polynomial);

    public override void Add(Span<short> target, ReadOnlySpan<short> addend) => KemPolynomial.Add(target, addend);

    public override void SubtractFrom(ReadOnlySpan<short> minuend, Span<short> target) => KemPolynomial.SubtractFrom(minuend, target);

    public override void ToCanonical(Span<short> vector) => KemPolynomial.ToCanonical(vector);

    public override void Compress(Span<short> polynomial, int bits) => KemPacking.Compress(polynomial, bits);

    public override void Decompress(Span<short> polynomial, int bits) => KemPacking.Decompress(polynomial, bits);

    public override void Encode(ReadOnlySpan<short> vector, int bits, Span<byte> destination) =>
        KemPacking.Encode(vector, bits, destination);

    public override void Decode(ReadOnlySpan<byte> source, int bits, Span<short> vector) => KemPacking.Decode(source, bits, vector);

    public override bool IsReduced(ReadOnlySpan<short> vector) => KemPolynomial.IsReduced(vector);

    // The sponges are erased where they are used.
    public override void Clear()
    {
    }
}
