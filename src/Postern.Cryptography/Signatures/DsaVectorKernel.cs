namespace Postern.Cryptography;

/// <summary>As many coefficients at once as a vector holds, and eight hashes.</summary>
internal sealed class DsaVectorKernel<TVector> : DsaKernel
    where TVector : unmanaged, IDsaVector<TVector>
{
    private readonly DsaVectorNtt<TVector> _ntt = new();
    private readonly DsaVectorPacking<TVector> _packing = new();

    public override void ExpandMatrix(DsaLanes lanes, ReadOnlySpan<byte> seed, int columns, Span<int> matrix) =>
        lanes.ExpandMatrix(this, seed, columns, matrix);

    public override void ExpandSecrets(DsaLanes lanes, int eta, ReadOnlySpan<byte> seed, int nonce, Span<int> vector) =>
        lanes.ExpandSecrets(eta, seed, nonce, vector);

    public override void ExpandMasks(DsaLanes lanes, DsaParameters parameters, ReadOnlySpan<byte> seed, int nonce, Span<int> vector) =>
        lanes.ExpandMasks(this, parameters, seed, nonce, vector);

    public override int TakeUniform(ReadOnlySpan<byte> block, Span<int> polynomial, int count) =>
        _packing.TakeUniform(block, polynomial, count);

    public override void Forward(Span<int> vector) => _ntt.Forward(vector);

    public override void Inverse(Span<int> vector) => _ntt.Inverse(vector);

    public override void Multiply(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> product) =>
        DsaVectorPolynomial<TVector>.Multiply(left, right, product);

    public override void MultiplyRow(ReadOnlySpan<int> row, ReadOnlySpan<int> vector, Span<int> product) =>
        DsaVectorPolynomial<TVector>.MultiplyRow(row, vector, product);

    public override void Add(Span<int> target, ReadOnlySpan<int> addend) => DsaVectorPolynomial<TVector>.Add(target, addend);

    public override void Subtract(Span<int> target, ReadOnlySpan<int> subtrahend) =>
        DsaVectorPolynomial<TVector>.Subtract(target, subtrahend);

    public override void Reduce(Span<int> polynomial) => DsaVectorPolynomial<TVector>.Reduce(polynomial);

    public override void ToCanonical(Span<int> polynomial) => DsaVectorPolynomial<TVector>.ToCanonical(polynomial);

    public override bool ReachesBound(ReadOnlySpan<int> polynomial, int bound) =>
        DsaVectorPolynomial<TVector>.ReachesBound(polynomial, bound);

    public override void Power2Round(Span<int> polynomial, Span<int> low) => DsaVectorRounding<TVector>.Power2Round(polynomial, low);

    public override void ScaleHigh(Span<int> polynomial) => DsaVectorRounding<TVector>.ScaleHigh(polynomial);

    public override void Decompose(DsaParameters parameters, Span<int> polynomial, Span<int> low) =>
        DsaVectorRounding<TVector>.Decompose(parameters, polynomial, low);

    public override int MakeHint(int gamma2, Span<int> low, ReadOnlySpan<int> ct0, ReadOnlySpan<int> high) =>
        DsaVectorRounding<TVector>.MakeHint(gamma2, low, ct0, high);

    public override void PackUnsigned(ReadOnlySpan<int> polynomial, int bits, Span<byte> destination) =>
        DsaVectorPacking<TVector>.PackUnsigned(polynomial, bits, destination);

    public override void PackCentred(ReadOnlySpan<int> polynomial, int bits, int upper, Span<byte> destination) =>
        DsaVectorPacking<TVector>.PackCentred(polynomial, bits, upper, destination);

    public override void UnpackUnsigned(ReadOnlySpan<byte> source, int bits, Span<int> polynomial) =>
        _packing.UnpackUnsigned(source, bits, polynomial);

    public override void UnpackCentred(ReadOnlySpan<byte> source, int bits, int upper, Span<int> polynomial) =>
        _packing.UnpackCentred(source, bits, upper, polynomial);
}
