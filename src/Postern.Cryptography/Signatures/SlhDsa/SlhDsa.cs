using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// SLH-DSA with SHAKE (FIPS 205), pure, with an empty context, and the round-3 SPHINCS+ ("robust") that the reference library had until
/// 2025-03, whose keys and signatures have the same sizes: nothing verifies across (primitives §8). One instance a parameter set.
/// </summary>
internal sealed class SlhDsa : SignatureAlgorithm
{
    private readonly SlhDsaParameters _parameters;
    private readonly WorkspacePool<SlhDsaWorkspace> _workspaces;

    /// <summary>A set on a chosen permutation.</summary>
    internal SlhDsa(SlhDsaParameters parameters, KeccakLanesPath path)
        : base(parameters.Name, parameters.VerificationKeySize, parameters.SigningKeySize, parameters.SignatureSize)
    {
        _parameters = parameters;
        _workspaces = new(() => new SlhDsaWorkspace(parameters, path));
    }

    public override string Standard => _parameters.Form.Standard;

    public static SlhDsa Shake128s { get; } = new(SlhDsaParameters.Shake128s, KeccakLanes.Fastest);

    public static SlhDsa Shake192s { get; } = new(SlhDsaParameters.Shake192s, KeccakLanes.Fastest);

    public static SlhDsa Shake256s { get; } = new(SlhDsaParameters.Shake256s, KeccakLanes.Fastest);

    public static SlhDsa Round3Shake128s { get; } = new(SlhDsaParameters.Round3Shake128s, KeccakLanes.Fastest);

    public static SlhDsa Round3Shake192s { get; } = new(SlhDsaParameters.Round3Shake192s, KeccakLanes.Fastest);

    public static SlhDsa Round3Shake256s { get; } = new(SlhDsaParameters.Round3Shake256s, KeccakLanes.Fastest);

    /// <summary>Algorithm 21: draws SK.seed ‖ SK.prf ‖ PK.seed at once.</summary>
    private protected override void GenerateKeyPairCore(RandomSource random, Span<byte> verificationKey, Span<byte> signingKey)
    {
        int n = _parameters.N;
        random.Fill(signingKey[..(3 * n)]);
        SlhDsaWorkspace workspace = _workspaces.Rent();
        try
        {
            workspace.Start(signingKey.Slice(2 * n, n), signingKey[..n]);
            SlhDsaHypertree.MakeRoot(workspace, signingKey[(3 * n)..]);
            signingKey[(2 * n)..].CopyTo(verificationKey);
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    /// <summary>Algorithms 19 and 22, hedged: draws the n bytes of addrnd.</summary>
    private protected override void SignCore(
        RandomSource random, ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        int n = _parameters.N;
        Span<byte> randomness = stackalloc byte[SlhDsaParameters.MaxN];
        randomness = randomness[..n];
        random.Fill(randomness);
        ReadOnlySpan<byte> verificationKey = signingKey[(2 * n)..];
        SlhDsaDigest.MakeRandomizer(_parameters.Form, signingKey.Slice(n, n), randomness, message, signature[..n]);
        CryptographicOperations.ZeroMemory(randomness);

        SlhDsaDigest digest = Digest(
            signature[..n],
            verificationKey,
            message,
            stackalloc byte[SlhDsaParameters.MaxDigestSize],
            stackalloc uint[SlhDsaParameters.MaxForestTrees]);
        Span<byte> node = stackalloc byte[SlhDsaParameters.MaxN];
        node = node[..n];
        SlhDsaWorkspace workspace = _workspaces.Rent();
        try
        {
            workspace.Start(verificationKey[..n], signingKey[..n]);
            workspace.SetTree(0, digest.Tree);
            SlhDsaForest.Sign(workspace, digest.Leaf, digest.ForestIndices, signature.Slice(n, _parameters.ForestSize), node);
            SlhDsaHypertree.Sign(workspace, digest.Tree, digest.Leaf, node, signature[(n + _parameters.ForestSize)..]);
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    // SK.seed || SK.prf || PK.seed || PK.root: the public key is the second half. (FIPS 205 §9.1)
    private protected override bool IsKeyPairCore(ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> signingKey) =>
        signingKey[^verificationKey.Length..].SequenceEqual(verificationKey);

    /// <summary>Algorithms 20 and 24.</summary>
    private protected override bool VerifyCore(
        ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        int n = _parameters.N;
        SlhDsaDigest digest = Digest(
            signature[..n],
            verificationKey,
            message,
            stackalloc byte[SlhDsaParameters.MaxDigestSize],
            stackalloc uint[SlhDsaParameters.MaxForestTrees]);
        Span<byte> node = stackalloc byte[SlhDsaParameters.MaxN];
        node = node[..n];
        SlhDsaWorkspace workspace = _workspaces.Rent();
        try
        {
            workspace.Start(verificationKey[..n], []);
            workspace.SetTree(0, digest.Tree);
            SlhDsaForest.RecoverPublicKey(
                workspace, digest.Leaf, digest.ForestIndices, signature.Slice(n, _parameters.ForestSize), node);
            SlhDsaHypertree.RecoverRoot(workspace, digest.Tree, digest.Leaf, node, signature[(n + _parameters.ForestSize)..]);
            return node.SequenceEqual(verificationKey[n..]);
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    private SlhDsaDigest Digest(
        ReadOnlySpan<byte> randomizer,
        ReadOnlySpan<byte> verificationKey,
        ReadOnlySpan<byte> message,
        Span<byte> digest,
        Span<uint> forestIndices)
    {
        digest = digest[.._parameters.DigestSize];
        SlhDsaDigest.HashMessage(_parameters.Form, randomizer, verificationKey, message, digest);
        return new SlhDsaDigest(_parameters, digest, forestIndices[.._parameters.ForestTrees]);
    }
}
