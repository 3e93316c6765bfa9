namespace Postern.Cryptography;

/// <summary>One coefficient after another: the classes that say how it is meant.</summary>
internal sealed class DsaScalarKernel : DsaKernel
{
    public override void ExpandMatrix(DsaLanes lanes, ReadOnlySpan<byte> seed, int columns, Span<int> matrix)
    {
        int rowLength = columns * DsaPolynomial.Size;
        for (int row = 0; row < matrix.Length / rowLength; row++)
        {
            DsaSampling.ExpandRow(seed, row, matrix.Slice(row * rowLength, rowLength));
        }
    }

    public override void ExpandSecrets(DsaLanes lanes, int eta, ReadOnlySpan<byte> seed, int nonce, Span<int> vector)
    {
        for (int i = 0; i < vector.Length / DsaPolynomial.Size; i++)
        {
            DsaSampling.ExpandSecret(eta, seed, nonce + i, DsaPolynomial.At(vector, i));
        }
    }

    public override void ExpandMasks(DsaLanes lanes, DsaParameters parameters, ReadOnlySpan<byte> seed, int nonce, Span<int> vector)
    {
        for (int i = 0; i < vector.Length / DsaPolynomial.Size; i++)
        {
            DsaSampling.ExpandMask(parameters, seed, nonce + i, DsaPolynomial.At(vector, i));
        }
    }

    public override int TakeUniform(ReadOnlySpan<byte> block, Span<int> polynomial, int count) =>
        DsaSampling.TakeUniform(block[..DsaSampling.BlockSize], polynomial, count);

    public override void Forward(Span<int> vector)
    {
        for (int i = 0; i < vector.Length / DsaPolynomial.Size; i++) DsaNtt.Forward(DsaPolynomial.At(vector, i));
    }

    public override void Inverse(Span<int> vector)
    {
        for (int i = 0; i < vector.Length / DsaPolynomial.Size; i++) DsaNtt.Inverse(DsaPolynomial.At(vector, i));
    }

    public override void Multiply(ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> product) =>
        DsaPolynomial.Multiply(left, right, product);

    public override void MultiplyRow(ReadOnlySpan<int> row, ReadOnlySpan<int> vector, Span<int> product) =>
        DsaPolynomial.MultiplyRow(row, vector, product);

    public override void Add(Span<int> target, ReadOnlySpan<int> addend) => DsaPolynomial.Add(target, addend);

    public override void Subtract(Span<int> target, ReadOnlySpan<int> subtrahend) => DsaPolynomial.Subtract(target, subtrahend);

    public override void Reduce(Span<int> polynomial) => DsaPolynomial.Reduce(polynomial);

    public override void ToCanonical(Span<int> polynomial) => DsaPolynomial.ToCanonical(polynomial);

    public override bool ReachesBound(ReadOnlySpan<int> polynomial, int bound) => DsaPolynomial.ReachesBound(polynomial, bound);

    public override void Power2Round(Span<int> polynomial, Span<int> low) => DsaRounding.Power2Round(polynomial, low);

    public override void ScaleHigh(Span<int> polynomial) => DsaRounding.ScaleHigh(polynomial);

    public override void Decompose(DsaParameters parameters, Span<int> polynomial, Span<int> low) =>
        DsaRounding.Decompose(parameters, polynomial, low);

    public override int MakeHint(int gamma2, Span<int> low, ReadOnlySpan<int> ct0, ReadOnlySpan<int> high) =>
        DsaRounding.MakeHint(gamma2, low, ct0, high);

    public override void PackUnsigned(ReadOnlySpan<int> polynomial, int bits, Span<byte> destination) =>
        DsaPacking.PackUnsigned(polynomial, bits, destination);

    public override void PackCentred(ReadOnlySpan<int> polynomial, int bits, int upper, Span<byte> destination) =>
        DsaPacking.PackCentred(polynomial, bits, upper, destination);

    public override void UnpackUnsigned(ReadOnlySpan<byte> source, int bits, Span<int> polynomial) =>
        DsaPacking.UnpackUnsigned(source, bits, polynomial);

    public override void UnpackCentred(ReadOnlySpan<byte> source, int bits, int upper, Span<int> polynomial) =>
        DsaPacking.UnpackCentred(source, bits, upper, polynomial);
}
