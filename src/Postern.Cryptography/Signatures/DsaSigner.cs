using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// ML-DSA.Sign (FIPS 204 algorithms 2 and 7) with one key. How often it draws again, and at which polynomial a draw fails, shows in
/// its timing, as rejection sampling must; nothing else of a secret decides a branch or an address.
/// </summary>
internal readonly ref struct DsaSigner
{
    private readonly DsaParameters _parameters;
    private readonly DsaKernel _kernel;
    private readonly DsaLanes _lanes;
    private readonly DsaExpandedSigningKey _key;
    private readonly Span<int> _y;
    private readonly Span<int> _transformedY;
    private readonly Span<int> _high;
    private readonly Span<int> _low;
    private readonly Span<int> _challenge;
    private readonly Span<int> _product;

    /// <summary>Takes its memory from the workspace, whose owner erases it.</summary>
    public DsaSigner(DsaParameters parameters, DsaKernel kernel, DsaWorkspace workspace, DsaExpandedSigningKey key)
    {
        _parameters = parameters;
        _kernel = kernel;
        _lanes = workspace.Lanes;
        _key = key;
        _y = workspace.Take(parameters.Columns);
        _transformedY = workspace.Take(parameters.Columns);
        _high = workspace.Take(parameters.Rows);
        _low = workspace.Take(parameters.Rows);
        _challenge = workspace.Take(1);
        _product = workspace.Take(1);
    }

    /// <summary>Polynomials of the workspace, without the key's.</summary>
    public static int PolynomialCount(DsaParameters parameters) => (2 * parameters.Columns) + (2 * parameters.Rows) + 2;

    /// <summary>
    /// Signs with 32 bytes of <paramref name="random"/>. Takes 4.25, 5.1 and 3.85 draws on average (FIPS 204 table 1); 814 are
    /// exceeded with a probability below 2^-256 (appendix C), so there is no limit.
    /// </summary>
    public void Sign(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Span<byte> mu = stackalloc byte[DsaParameters.HashSize];
        Span<byte> maskSeed = stackalloc byte[DsaParameters.LongSeedSize];
        MLDsa.HashMessage(_key.KeyHash, message, mu);
        DeriveMaskSeed(random, mu, maskSeed);
        int nonce = 0;
        while (!TryDraw(mu, maskSeed, nonce, signature))
        {
            nonce += _parameters.Columns;
        }

        CryptographicOperations.ZeroMemory(maskSeed);
    }

    // rho'' = H(K || rnd || mu, 64)
    private void DeriveMaskSeed(RandomSource random, ReadOnlySpan<byte> mu, Span<byte> maskSeed)
    {
        Span<byte> rnd = stackalloc byte[DsaParameters.SeedSize];
        random.Fill(rnd);
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(_key.KeySeed);
        sponge.Absorb(rnd);
        sponge.Absorb(mu);
        sponge.Squeeze(maskSeed);
        sponge.Clear();
        CryptographicOperations.ZeroMemory(rnd);
    }

    // One turn of the loop of algorithm 7. The signature is written only when it is one.
    private bool TryDraw(ReadOnlySpan<byte> mu, ReadOnlySpan<byte> maskSeed, int nonce, Span<byte> signature)
    {
        Span<byte> challengeHash = stackalloc byte[DsaParameters.MaxChallengeSize];
        challengeHash = challengeHash[.._parameters.ChallengeSize];
        DrawMask(maskSeed, nonce);
        Commit(mu, challengeHash);
        DsaSampling.SampleInBall(_parameters.Tau, challengeHash, _challenge);
        _kernel.Forward(_challenge);

        // The check that fails most often first.
        if (!TryReduceLow() || !TryRespond() || !TryMakeHint()) return false;

        challengeHash.CopyTo(signature);
        WriteResponse(signature[_parameters.ChallengeSize..^_parameters.HintSize]);
        DsaHint.Pack(_parameters, _low, signature[^_parameters.HintSize..]);
        return true;
    }

    private void DrawMask(ReadOnlySpan<byte> maskSeed, int nonce)
    {
        _kernel.ExpandMasks(_lanes, _parameters, maskSeed, nonce, _y);
        _y.CopyTo(_transformedY);
        _kernel.Forward(_transformedY);
    }

    // w = A y in its high and low parts; c-tilde = H(mu || w1Encode(w1))
    private void Commit(ReadOnlySpan<byte> mu, Span<byte> challengeHash)
    {
        Span<byte> packedHigh = stackalloc byte[DsaParameters.MaxPackedHighSize];
        packedHigh = packedHigh[.._parameters.PackedHighSize];
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(mu);
        for (int i = 0; i < _parameters.Rows; i++)
        {
            Span<int> w = DsaPolynomial.At(_high, i);
            _kernel.MultiplyRow(MatrixRow(i), _transformedY, w);
            _kernel.Inverse(w);
            _kernel.ToCanonical(w);
            _kernel.Decompose(_parameters, w, DsaPolynomial.At(_low, i));
            _kernel.PackUnsigned(w, _parameters.HighBits, packedHigh);
            sponge.Absorb(packedHigh);
        }

        sponge.Squeeze(challengeHash);
        sponge.Clear();
        CryptographicOperations.ZeroMemory(packedHigh);
    }

    // w0 - c s2, below gamma2 - beta. It equals r0 = LowBits(w - c s2) whenever either is below that bound, as |c s2| <= beta.
    private bool TryReduceLow()
    {
        for (int i = 0; i < _parameters.Rows; i++)
        {
            Span<int> low = DsaPolynomial.At(_low, i);
            MultiplyByChallenge(DsaPolynomial.At(_key.S2, i));
            _kernel.Subtract(low, _product);
            if (_kernel.ReachesBound(low, _parameters.Gamma2 - _parameters.Beta)) return false;
        }

        return true;
    }

    // z = y + c s1, in y's place, below gamma1 - beta
    private bool TryRespond()
    {
        for (int i = 0; i < _parameters.Columns; i++)
        {
            Span<int> z = DsaPolynomial.At(_y, i);
            MultiplyByChallenge(DsaPolynomial.At(_key.S1, i));
            _kernel.Add(z, _product);
            if (_kernel.ReachesBound(z, _parameters.Gamma1 - _parameters.Beta)) return false;
        }

        return true;
    }

    // c t0 below gamma2 and at most omega hints, which replace the low parts
    private bool TryMakeHint()
    {
        int ones = 0;
        for (int i = 0; i < _parameters.Rows; i++)
        {
            MultiplyByChallenge(DsaPolynomial.At(_key.T0, i));
            _kernel.Reduce(_product);
            if (_kernel.ReachesBound(_product, _parameters.Gamma2)) return false;
            ones += _kernel.MakeHint(_parameters.Gamma2, DsaPolynomial.At(_low, i), _product, DsaPolynomial.At(_high, i));
        }

        return ones <= _parameters.Omega;
    }

    private void WriteResponse(Span<byte> packedZ)
    {
        int size = _parameters.PackedZSize;
        for (int i = 0; i < _parameters.Columns; i++)
        {
            _kernel.PackCentred(DsaPolynomial.At(_y, i), _parameters.ZBits, _parameters.Gamma1, packedZ.Slice(i * size, size));
        }
    }

    private void MultiplyByChallenge(ReadOnlySpan<int> factor)
    {
        _kernel.Multiply(_challenge, factor, _product);
        _kernel.Inverse(_product);
    }

    private Span<int> MatrixRow(int row)
    {
        int size = _parameters.Columns * DsaPolynomial.Size;
        return _key.Matrix.Slice(row * size, size);
    }
}
