using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>
/// A KEM whose fresh keys and ciphertexts are the recorded ones, in their order: our sides then send the recorded packets although the
/// random bytes behind them were not recorded. It decapsulates for real. When nothing recorded is left it is the real one altogether.
/// </summary>
/// <remarks>
/// Where a recording has no secrets at all, a zero secret key and a hash of the ciphertext stand in for them on both sides: what comes
/// before the first sealed packet does not depend on them.
/// </remarks>
internal sealed class RecordedKem(KemAlgorithm kem) : KemAlgorithm(kem.Name, kem.PublicKeySize, kem.SecretKeySize, kem.CiphertextSize)
{
    private readonly Queue<(byte[] PublicKey, byte[] SecretKey)> _keys = new();
    private readonly Queue<(byte[] Ciphertext, byte[] Secret)> _ciphertexts = new();

    /// <summary>The algorithm itself.</summary>
    public KemAlgorithm Real => kem;

    public void AddKeyPair(byte[] publicKey, byte[]? secretKey = null) => _keys.Enqueue((publicKey, secretKey ?? new byte[SecretKeySize]));

    public void AddCiphertext(byte[] ciphertext, byte[]? secret = null) => _ciphertexts.Enqueue((ciphertext, secret ?? StandInSecret(ciphertext)));

    /// <summary>What both sides take for a secret that was not recorded.</summary>
    public static byte[] StandInSecret(ReadOnlySpan<byte> ciphertext)
    {
        byte[] secret = new byte[Sha3.DigestSize256];
        Sha3.HashData256(ciphertext, secret);
        return secret;
    }

    private protected override void GenerateKeyPairCore(RandomSource random, Span<byte> publicKey, Span<byte> secretKey)
    {
        if (!_keys.TryDequeue(out (byte[] PublicKey, byte[] SecretKey) recorded))
        {
            kem.GenerateKeyPair(publicKey, secretKey);
            return;
        }

        recorded.PublicKey.CopyTo(publicKey);
        recorded.SecretKey.CopyTo(secretKey);
    }

    private protected override bool TryEncapsulateCore(
        RandomSource random, ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        if (!_ciphertexts.TryDequeue(out (byte[] Ciphertext, byte[] Secret) recorded)) return kem.TryEncapsulate(publicKey, ciphertext, sharedSecret);
        recorded.Ciphertext.CopyTo(ciphertext);
        recorded.Secret.CopyTo(sharedSecret);
        return true;
    }

    private protected override bool DecapsulateCore(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        if (secretKey.ContainsAnyExcept((byte)0)) return kem.Decapsulate(secretKey, ciphertext, sharedSecret);
        StandInSecret(ciphertext).CopyTo(sharedSecret);
        return true;
    }
}
