using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// ML-KEM (FIPS 203 §6 and §7; primitives §6), portable and constant time. The secret of a refused ciphertext is the standard's; the
/// reference library's differs, which no peer can see, because the next tag fails in both cases. Also the same algorithm with k = 5,
/// which no standard has.
/// </summary>
internal sealed class MLKem : KemAlgorithm
{
    private const int SeedSize = MLKemParameters.SeedSize;

    private readonly MLKemParameters _parameters;

    private readonly WorkspacePool<MLKemWorkspace> _workspaces;

    /// <summary>A set of parameters on chosen paths.</summary>
    internal MLKem(string name, MLKemParameters parameters, KemPath path, KeccakLanesPath lanes)
        : base(name, parameters.PublicKeySize, parameters.SecretKeySize, parameters.CiphertextSize)
    {
        _parameters = parameters;
        _workspaces = new(() => new MLKemWorkspace(parameters, path, lanes));
    }

    private MLKem(string name, MLKemParameters parameters)
        : this(name, parameters, KemCore.Fastest, KeccakLanes.Fastest)
    {
    }

    public override string Standard => _parameters.K <= 4 ? "FIPS 203" : "none";

    /// <summary>ML-KEM-512.</summary>
    public static new KemAlgorithm MLKem512 { get; } = new MLKem("ML-KEM-512", new(K: 2, Eta1: 3, Eta2: 2, Du: 10, Dv: 4));

    /// <summary>ML-KEM-768.</summary>
    public static new KemAlgorithm MLKem768 { get; } = new MLKem("ML-KEM-768", new(K: 3, Eta1: 2, Eta2: 2, Du: 10, Dv: 4));

    /// <summary>ML-KEM-1024.</summary>
    public static new KemAlgorithm MLKem1024 { get; } = new MLKem("ML-KEM-1024", new(K: 4, Eta1: 2, Eta2: 2, Du: 11, Dv: 5));

    /// <summary>k = 5, which is no set of FIPS 203.</summary>
    public static new KemAlgorithm Kyber1280 { get; } = new MLKem("Kyber-1280", new(K: 5, Eta1: 2, Eta2: 2, Du: 11, Dv: 5));

    /// <summary>Algorithms 16 and 19.</summary>
    [SkipLocalsInit]
    private protected override void GenerateKeyPairCore(RandomSource random, Span<byte> publicKey, Span<byte> secretKey)
    {
        // d ‖ z
        Span<byte> seeds = stackalloc byte[2 * SeedSize];
        random.Fill(seeds);
        MLKemWorkspace workspace = _workspaces.Rent();
        try
        {
            MLKemEncryption.GenerateKeyPair(workspace, seeds[..SeedSize], publicKey, secretKey[.._parameters.EncodedVectorSize]);
        }
        finally
        {
            _workspaces.Return(workspace);
        }

        // dk = ŝ ‖ ek ‖ H(ek) ‖ z
        publicKey.CopyTo(secretKey[_parameters.EncodedVectorSize..]);
        Sha3.HashData256(publicKey, secretKey.Slice(SecretKeySize - (2 * SeedSize), SeedSize));
        seeds[SeedSize..].CopyTo(secretKey[^SeedSize..]);
        CryptographicOperations.ZeroMemory(seeds);
    }

    /// <summary>Algorithms 17 and 20, after the input check of §7.2.</summary>
    private protected override bool TryEncapsulateCore(
        RandomSource random, ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        MLKemWorkspace workspace = _workspaces.Rent();
        try
        {
            workspace.Core.Decode(publicKey[.._parameters.EncodedVectorSize], KemPacking.FullBits, workspace.Decoded);
            if (!workspace.Core.IsReduced(workspace.Decoded)) return false;
            Encapsulate(workspace, random, publicKey, ciphertext, sharedSecret);
            return true;
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    /// <summary>
    /// Algorithms 18 and 21. The hash check of §7.3 is part of the verdict: a damaged key rejects every ciphertext instead of giving a
    /// secret that nobody else has.
    /// </summary>
    private protected override bool DecapsulateCore(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        MLKemWorkspace workspace = _workspaces.Rent();
        try
        {
            return Decapsulate(workspace, secretKey, ciphertext, sharedSecret);
        }
        finally
        {
            _workspaces.Return(workspace);
        }
    }

    [SkipLocalsInit]
    private static void Encapsulate(
        MLKemWorkspace workspace, RandomSource random, ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        // (K, r) = G(m ‖ H(ek))
        Span<byte> input = stackalloc byte[2 * SeedSize];
        Span<byte> output = stackalloc byte[2 * SeedSize];
        random.Fill(input[..SeedSize]);
        workspace.Core.SampleMatrixAndHash(publicKey, workspace.Parameters.K, workspace.Matrix, input[SeedSize..]);
        Sha3.HashData512(input, output);
        MLKemEncryption.Encrypt(workspace, publicKey, input[..SeedSize], output[SeedSize..], ciphertext);
        output[..SeedSize].CopyTo(sharedSecret);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(output);
    }

    [SkipLocalsInit]
    private bool Decapsulate(
        MLKemWorkspace workspace, ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        ReadOnlySpan<byte> publicKey = secretKey.Slice(_parameters.EncodedVectorSize, PublicKeySize);
        ReadOnlySpan<byte> publicKeyHash = secretKey.Slice(SecretKeySize - (2 * SeedSize), SeedSize);

        // (K', r') = G(m' ‖ h)
        Span<byte> input = stackalloc byte[2 * SeedSize];
        Span<byte> output = stackalloc byte[2 * SeedSize];
        MLKemEncryption.Decrypt(workspace, secretKey[.._parameters.EncodedVectorSize], ciphertext, input[..SeedSize]);
        publicKeyHash.CopyTo(input[SeedSize..]);
        Sha3.HashData512(input, output);

        // J(z ‖ c), computed in every case.
        Span<byte> actualHash = stackalloc byte[SeedSize];
        Span<byte> rejection = stackalloc byte[SeedSize];
        workspace.Core.SampleMatrixAndHash(
            publicKey, _parameters.K, workspace.Matrix, actualHash, secretKey[^SeedSize..], ciphertext, rejection);

        Span<byte> reencrypted = stackalloc byte[CiphertextSize];
        MLKemEncryption.Encrypt(workspace, publicKey, input[..SeedSize], output[SeedSize..], reencrypted);
        uint accepted = ConstantTime.EqualMask(ciphertext, reencrypted) & ConstantTime.EqualMask(publicKeyHash, actualHash);
        ConstantTime.Select(accepted, output[..SeedSize], rejection, sharedSecret);

        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(output);
        CryptographicOperations.ZeroMemory(reencrypted);
        CryptographicOperations.ZeroMemory(rejection);
        return accepted != 0;
    }
}
