using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// ML-DSA.Verify (FIPS 204 algorithms 3 and 8), one signature: <see cref="TryRead"/>, then <see cref="Verify"/>. Everything it sees is
/// public.
/// </summary>
internal ref struct DsaVerifier
{
    private readonly DsaParameters _parameters;
    private readonly DsaKernel _kernel;
    private readonly Span<int> _z;
    private readonly Span<int> _w;
    private readonly Span<int> _scratch;
    private readonly Span<int> _c;
    private ReadOnlySpan<byte> _challenge;
    private ReadOnlySpan<byte> _hint;

    /// <summary>Takes its memory from the workspace.</summary>
    public DsaVerifier(DsaParameters parameters, DsaKernel kernel, DsaWorkspace workspace)
    {
        _parameters = parameters;
        _kernel = kernel;
        _z = workspace.Take(parameters.Columns);
        _w = workspace.Take(1);
        _scratch = workspace.Take(1);
        _c = workspace.Take(1);
    }

    /// <summary>Polynomials of the workspace, without the key's: z, the challenge, one of w, one more.</summary>
    public static int PolynomialCount(DsaParameters parameters) => parameters.Columns + 3;

    /// <summary>Reads a signature. False if it can be nobody's: a malformed hint, or a coefficient of z that is gamma1 - beta or more.</summary>
    public bool TryRead(ReadOnlySpan<byte> signature)
    {
        _challenge = signature[.._parameters.ChallengeSize];
        _hint = signature[^_parameters.HintSize..];
        return DsaHint.IsWellFormed(_parameters, _hint) && TryReadZ(signature[_parameters.ChallengeSize..^_parameters.HintSize]);
    }

    /// <summary>Tells whether the signature that was read is the key's, of this message.</summary>
    public readonly bool Verify(DsaExpandedVerificationKey key, ReadOnlySpan<byte> message)
    {
        Span<byte> mu = stackalloc byte[DsaParameters.HashSize];
        Span<byte> expected = stackalloc byte[DsaParameters.MaxChallengeSize];
        expected = expected[.._parameters.ChallengeSize];
        MLDsa.HashMessage(key.KeyHash, message, mu);
        ComputeChallenge(key, mu, expected);
        return CryptographicOperations.FixedTimeEquals(_challenge, expected);
    }

    // Leaves z transformed.
    private readonly bool TryReadZ(ReadOnlySpan<byte> packedZ)
    {
        int size = _parameters.PackedZSize;
        for (int i = 0; i < _parameters.Columns; i++)
        {
            Span<int> polynomial = DsaPolynomial.At(_z, i);
            _kernel.UnpackCentred(packedZ.Slice(i * size, size), _parameters.ZBits, _parameters.Gamma1, polynomial);
            if (_kernel.ReachesBound(polynomial, _parameters.Gamma1 - _parameters.Beta)) return false;
        }

        _kernel.Forward(_z);
        return true;
    }

    // H(mu || w1Encode(UseHint(h, A z - c t1 2^13))), a row at a time.
    private readonly void ComputeChallenge(DsaExpandedVerificationKey key, ReadOnlySpan<byte> mu, Span<byte> expected)
    {
        Span<byte> packedHigh = stackalloc byte[DsaParameters.MaxPackedHighSize];
        packedHigh = packedHigh[.._parameters.PackedHighSize];
        DsaSampling.SampleInBall(_parameters.Tau, _challenge, _c);
        _kernel.Forward(_c);

        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(mu);
        for (int i = 0; i < _parameters.Rows; i++)
        {
            _kernel.MultiplyRow(key.Matrix.Slice(i * _z.Length, _z.Length), _z, _w);
            _kernel.Multiply(_c, key.T1.Slice(i * DsaPolynomial.Size, DsaPolynomial.Size), _scratch);
            _kernel.Subtract(_w, _scratch);
            _kernel.Inverse(_w);
            _kernel.ToCanonical(_w);

            _kernel.Decompose(_parameters, _w, _scratch);
            DsaRounding.UseHint(_parameters.HighLevels, _w, _scratch, DsaHint.Positions(_parameters, _hint, i));
            _kernel.PackUnsigned(_w, _parameters.HighBits, packedHigh);
            sponge.Absorb(packedHigh);
        }

        sponge.Squeeze(expected);
    }
}
