namespace Postern.Cryptography;

/// <summary>ML-DSA (FIPS 204), pure, with an empty context, private keys in the expanded form. One instance a parameter set.</summary>
internal sealed class MLDsa : SignatureAlgorithm
{
    private readonly DsaParameters _parameters;
    private readonly DsaKernel _kernel;
    private readonly WorkspacePool<DsaWorkspace> _signerWorkspaces;
    private readonly WorkspacePool<DsaWorkspace> _workspaces;
    private readonly WorkspacePool<DsaWorkspace> _expandedKeyWorkspaces;

    /// <summary>A parameter set by the path of <paramref name="kernel"/>.</summary>
    internal MLDsa(DsaParameters parameters, DsaKernel kernel)
        : base(parameters.Name, parameters.VerificationKeySize, parameters.SigningKeySize, parameters.SignatureSize)
    {
        _parameters = parameters;
        _kernel = kernel;
        _signerWorkspaces = new(() => new DsaWorkspace(
            DsaExpandedSigningKey.PolynomialCount(parameters) + DsaSigner.PolynomialCount(parameters)));
        _workspaces = new(() => new DsaWorkspace(Math.Max(
            DsaKeyGenerator.PolynomialCount(parameters),
            DsaExpandedVerificationKey.PolynomialCount(parameters) + DsaVerifier.PolynomialCount(parameters))));
        _expandedKeyWorkspaces = new(() => new DsaWorkspace(Math.Max(
            DsaSigner.PolynomialCount(parameters), DsaVerifier.PolynomialCount(parameters))));
    }

    public override string Standard => "FIPS 204";

    public static new MLDsa MLDsa44 { get; } = new(DsaParameters.MLDsa44, DsaKernel.Fastest);

    public static new MLDsa MLDsa65 { get; } = new(DsaParameters.MLDsa65, DsaKernel.Fastest);

    public static new MLDsa MLDsa87 { get; } = new(DsaParameters.MLDsa87, DsaKernel.Fastest);

    /// <summary>mu = H(tr || 00 || 00 || message): the pure form with an empty context (FIPS 204 algorithms 2 and 7).</summary>
    internal static void HashMessage(ReadOnlySpan<byte> keyHash, ReadOnlySpan<byte> message, Span<byte> mu)
    {
        KeccakSponge sponge = KeccakSponge.Shake256();
        sponge.Absorb(keyHash);
        sponge.Absorb([0, 0]);
        sponge.Absorb(message);
        sponge.Squeeze(mu);
        sponge.Clear();
    }

    /// <summary>Signs with a key that was expanded before.</summary>
    internal void Sign(RandomSource random, DsaMessageSigner key, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        DsaWorkspace workspace = _expandedKeyWorkspaces.Rent();
        try
        {
            DsaSigner signer = new(_parameters, _kernel, workspace, new(_parameters, key.Head, key.Polynomials));
            signer.Sign(random, message, signature);
        }
        finally
        {
            _expandedKeyWorkspaces.Return(workspace);
        }
    }

    /// <summary>Verifies under a key that was expanded before.</summary>
    internal bool Verify(DsaMessageVerifier key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        DsaWorkspace workspace = _expandedKeyWorkspaces.Rent();
        try
        {
            DsaVerifier verifier = new(_parameters, _kernel, workspace);
            return verifier.TryRead(signature)
                && verifier.Verify(new DsaExpandedVerificationKey(_parameters, key.KeyHash, key.Polynomials), message);
        }
        finally
        {
            _expandedKeyWorkspaces.Return(workspace);
        }
    }

    private protected override void GenerateKeyPairCore(RandomSource random, Span<byte> verificationKey, Span<byte> signingKey)
    {
        DsaWorkspace workspace = _workspaces.Rent();
        try
        {
            DsaKeyGenerator.Generate(_parameters, _kernel, workspace, random, verificationKey, signingKey);
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    private protected override void SignCore(
        RandomSource random, ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        DsaWorkspace workspace = _signerWorkspaces.Rent();
        try
        {
            Span<int> polynomials = workspace.Take(DsaExpandedSigningKey.PolynomialCount(_parameters));
            DsaSigner signer = new(
                _parameters,
                _kernel,
                workspace,
                DsaExpandedSigningKey.Expand(_parameters, _kernel, workspace.Lanes, signingKey, polynomials));
            signer.Sign(random, message, signature);
        }
        finally
        {
            _signerWorkspaces.Return(workspace);
        }
    }

    private protected override bool VerifyCore(
        ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        DsaWorkspace workspace = _workspaces.Rent();
        try
        {
            // What is no signature at all is refused before the costly part.
            DsaVerifier verifier = new(_parameters, _kernel, workspace);
            if (!verifier.TryRead(signature)) return false;
            Span<byte> keyHash = stackalloc byte[DsaParameters.HashSize];
            Span<int> polynomials = workspace.Take(DsaExpandedVerificationKey.PolynomialCount(_parameters));
            DsaExpandedVerificationKey.Expand(_parameters, _kernel, workspace.Lanes, verificationKey, keyHash, polynomials);
            return verifier.Verify(new DsaExpandedVerificationKey(_parameters, keyHash, polynomials), message);
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    private protected override MessageSigner CreateSignerCore(ReadOnlySpan<byte> signingKey)
    {
        DsaMessageSigner signer = new(this, signingKey, DsaExpandedSigningKey.PolynomialCount(_parameters));
        DsaWorkspace workspace = _expandedKeyWorkspaces.Rent();
        try
        {
            DsaExpandedSigningKey.Expand(_parameters, _kernel, workspace.Lanes, signingKey, signer.Polynomials);
            return signer;
        }
        finally
        {
            _expandedKeyWorkspaces.Return(workspace);
        }
    }

    private protected override MessageVerifier CreateVerifierCore(ReadOnlySpan<byte> verificationKey)
    {
        DsaMessageVerifier verifier = new(this, DsaExpandedVerificationKey.PolynomialCount(_parameters));
        DsaWorkspace workspace = _expandedKeyWorkspaces.Rent();
        try
        {
            DsaExpandedVerificationKey.Expand(
                _parameters, _kernel, workspace.Lanes, verificationKey, verifier.KeyHash, verifier.Polynomials);
            return verifier;
        }
        finally
        {
            _expandedKeyWorkspaces.Return(workspace);
        }
    }

    // sk = rho || K || tr || ..., tr = H(pk, 64), pk = rho || t1 (FIPS 204 algorithms 6, 22 and 24). All of what is compared is public.
    private protected override bool IsKeyPairCore(ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> signingKey)
    {
        Span<byte> keyHash = stackalloc byte[DsaParameters.HashSize];
        Sha3.Shake256(verificationKey, keyHash);
        return signingKey[..DsaParameters.SeedSize].SequenceEqual(verificationKey[..DsaParameters.SeedSize])
            && signingKey.Slice(2 * DsaParameters.SeedSize, DsaParameters.HashSize).SequenceEqual(keyHash);
    }
}
