namespace Postern.Cryptography.Tests;

/// <summary>
/// Signs as FIPS 204 algorithm 7 does, but lets one coefficient of the response reach the norm bound: the signature that only the
/// verifier's norm check can refuse.
/// </summary>
internal sealed class MLDsaLooseSigner
{
    private readonly DsaParameters _parameters;
    private readonly byte[] _mu = new byte[DsaParameters.HashSize];
    private readonly byte[] _seed = new byte[DsaParameters.LongSeedSize];
    private readonly int[] _matrix;
    private readonly int[] _s1;
    private readonly int[] _s2;
    private readonly int[] _t0;

    public MLDsaLooseSigner(DsaParameters parameters, byte[] signingKey, byte[] message)
    {
        _parameters = parameters;
        _matrix = new int[parameters.Rows * parameters.Columns * DsaPolynomial.Size];
        for (int row = 0; row < parameters.Rows; row++)
        {
            DsaSampling.ExpandRow(signingKey.AsSpan(0, 32), row, MatrixRow(row));
        }

        MLDsa.HashMessage(signingKey.AsSpan(64, 64), message, _mu);
        ReadOnlySpan<byte> packed = signingKey.AsSpan(128);
        _s1 = Read(ref packed, parameters.Columns, parameters.EtaBits, parameters.Eta);
        _s2 = Read(ref packed, parameters.Rows, parameters.EtaBits, parameters.Eta);
        _t0 = Read(ref packed, parameters.Rows, DsaParameters.T0Bits, DsaParameters.T0Upper);
    }

    /// <summary>A signature whose largest response is in [lowest, highest] and which is right in everything else.</summary>
    public byte[] Sign(int lowest, int highest)
    {
        for (int attempt = 0; ; attempt++)
        {
            if (Try(attempt, lowest, highest) is { } signature) return signature;
        }
    }

    private byte[]? Try(int attempt, int lowest, int highest)
    {
        int[] y = new int[_parameters.Columns * DsaPolynomial.Size];
        new Random(attempt).NextBytes(_seed);
        for (int i = 0; i < _parameters.Columns; i++)
        {
            DsaSampling.ExpandMask(_parameters, _seed, i, DsaPolynomial.At(y, i));
        }

        // The rest stays far below the bound; one coefficient is drawn towards it.
        for (int i = 0; i < y.Length; i++)
        {
            y[i] /= 2;
        }

        y[3] = (lowest + highest) / 2;
        int[] high = new int[_parameters.Rows * DsaPolynomial.Size];
        int[] low = new int[high.Length];
        byte[] challengeHash = Commit(y, high, low);

        int[] challenge = new int[DsaPolynomial.Size];
        DsaSampling.SampleInBall(_parameters.Tau, challengeHash, challenge);
        DsaNtt.Forward(challenge);
        for (int i = 0; i < _parameters.Columns; i++)
        {
            DsaPolynomial.Add(DsaPolynomial.At(y, i), Product(challenge, DsaPolynomial.At(_s1, i)));
        }

        if (y.Max(Math.Abs) < lowest || y.Max(Math.Abs) > highest) return null;
        return TryHint(challenge, high, low) ? Write(challengeHash, y, low) : null;
    }

    private byte[] Commit(int[] y, int[] high, int[] low)
    {
        int[] transformed = [.. y];
        for (int i = 0; i < _parameters.Columns; i++)
        {
            DsaNtt.Forward(DsaPolynomial.At(transformed, i));
        }

        byte[] input = new byte[_mu.Length + (_parameters.Rows * _parameters.PackedHighSize)];
        _mu.CopyTo(input, 0);
        for (int i = 0; i < _parameters.Rows; i++)
        {
            Span<int> w = DsaPolynomial.At(high, i);
            DsaPolynomial.MultiplyRow(MatrixRow(i), transformed, w);
            DsaNtt.Inverse(w);
            DsaPolynomial.ToCanonical(w);
            DsaRounding.Decompose(_parameters, w, DsaPolynomial.At(low, i));
            DsaPacking.PackUnsigned(
                w, _parameters.HighBits, input.AsSpan(_mu.Length + (i * _parameters.PackedHighSize), _parameters.PackedHighSize));
        }

        byte[] hash = new byte[_parameters.ChallengeSize];
        Sha3.Shake256(input, hash);
        return hash;
    }

    private bool TryHint(int[] challenge, int[] high, int[] low)
    {
        int ones = 0;
        for (int i = 0; i < _parameters.Rows; i++)
        {
            Span<int> remainder = DsaPolynomial.At(low, i);
            DsaPolynomial.Subtract(remainder, Product(challenge, DsaPolynomial.At(_s2, i)));
            if (DsaPolynomial.ReachesBound(remainder, _parameters.Gamma2 - _parameters.Beta)) return false;
            int[] ct0 = Product(challenge, DsaPolynomial.At(_t0, i));
            DsaPolynomial.Reduce(ct0);
            ones += DsaRounding.MakeHint(_parameters.Gamma2, remainder, ct0, DsaPolynomial.At(high, i));
        }

        return ones <= _parameters.Omega;
    }

    private byte[] Write(byte[] challengeHash, int[] z, int[] hints)
    {
        byte[] signature = new byte[_parameters.SignatureSize];
        challengeHash.CopyTo(signature, 0);
        for (int i = 0; i < _parameters.Columns; i++)
        {
            Span<byte> packed = signature.AsSpan(_parameters.ChallengeSize + (i * _parameters.PackedZSize), _parameters.PackedZSize);
            DsaPacking.PackCentred(DsaPolynomial.At(z, i), _parameters.ZBits, _parameters.Gamma1, packed);
        }

        DsaHint.Pack(_parameters, hints, signature.AsSpan(signature.Length - _parameters.HintSize));
        return signature;
    }

    private Span<int> MatrixRow(int row) => _matrix.AsSpan(
        row * _parameters.Columns * DsaPolynomial.Size, _parameters.Columns * DsaPolynomial.Size);

    private static int[] Product(int[] challenge, Span<int> factor)
    {
        int[] product = new int[DsaPolynomial.Size];
        DsaPolynomial.Multiply(challenge, factor, product);
        DsaNtt.Inverse(product);
        return product;
    }

    private static int[] Read(ref ReadOnlySpan<byte> packed, int count, int bits, int upper)
    {
        int[] vector = new int[count * DsaPolynomial.Size];
        for (int i = 0; i < count; i++)
        {
            DsaPacking.UnpackCentred(packed[..DsaPacking.PackedSize(bits)], bits, upper, DsaPolynomial.At(vector, i));
            DsaNtt.Forward(DsaPolynomial.At(vector, i));
            packed = packed[DsaPacking.PackedSize(bits)..];
        }

        return vector;
    }
}
