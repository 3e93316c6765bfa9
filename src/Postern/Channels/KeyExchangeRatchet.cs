using System.Security.Cryptography;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Channels;

/// <summary>
/// The asymmetric ratchet's messages: <c>Sign(h) || h || data</c> with h = H(data), where the data is the requester's fresh KEM key, or
/// the ciphertext that answers it. Holds the secret KEM key from the request to the response. The peer's key stays as bytes, those of
/// the trusted key itself: ratchets are rare, and an expanded key would cost every channel up to 64 KiB. (QSMP §3.5)
/// </summary>
internal sealed class KeyExchangeRatchet(Suite suite, PayloadSigner sign, ReadOnlyMemory<byte> peerVerificationKey, int hashSize) : IDisposable
{
    private SecretBytes? _secretKey;

    /// <summary>Size of a request's message.</summary>
    public int RequestSize => suite.Signature.SignatureSize + hashSize + suite.Kem.PublicKeySize;

    /// <summary>Size of a response's message.</summary>
    public int ResponseSize => suite.Signature.SignatureSize + hashSize + suite.Kem.CiphertextSize;

    /// <summary>Size of the secret that both sides get.</summary>
    public int SecretSize => suite.Kem.SharedSecretSize;

    /// <summary>A request of ours has not been answered.</summary>
    public bool IsOutstanding => _secretKey is not null;

    public void WriteRequest(RandomSource random, Span<byte> message)
    {
        SecretBytes secretKey = new(suite.Kem.SecretKeySize);
        try
        {
            suite.Kem.GenerateKeyPair(random, DataOf(message), secretKey.Span);
            WriteSignature(random, message);
        }
        catch
        {
            secretKey.Dispose();
            throw;
        }

        _secretKey = secretKey;
    }

    /// <summary>Checks the peer's request and returns the public key in it.</summary>
    /// <exception cref="ChannelException">The request is not the peer's.</exception>
    public byte[] ReadRequest(ReadOnlySpan<byte> request) => CheckSignature(request).ToArray();

    /// <summary>Makes the response to the peer's public key, and the secret.</summary>
    /// <exception cref="ChannelException">The key is malformed.</exception>
    public void Answer(RandomSource random, ReadOnlySpan<byte> publicKey, Span<byte> response, Span<byte> secret)
    {
        if (!suite.Kem.TryEncapsulate(random, publicKey, DataOf(response), secret))
        {
            throw new ChannelException(ChannelError.KeyEncapsulationFailed, "The public key in the peer's ratchet is malformed.");
        }

        WriteSignature(random, response);
    }

    /// <summary>Checks the peer's response to our request and recovers the secret.</summary>
    /// <exception cref="ChannelException">The response is not the peer's.</exception>
    public void ReadResponse(ReadOnlySpan<byte> response, Span<byte> secret)
    {
        using SecretBytes secretKey = _secretKey ?? throw new InvalidOperationException("No request is outstanding.");
        _secretKey = null;
        ReadOnlySpan<byte> ciphertext = CheckSignature(response);
        if (!suite.Kem.Decapsulate(secretKey.Span, ciphertext, secret))
        {
            throw new ChannelException(ChannelError.KeyEncapsulationFailed, "The ciphertext in the peer's ratchet does not decapsulate.");
        }
    }

    /// <summary>Drops our request: the peer's crossed it and wins, or the peer answers no more.</summary>
    public void Forget()
    {
        _secretKey?.Dispose();
        _secretKey = null;
    }

    public void Dispose() => Forget();

    private Span<byte> DataOf(Span<byte> message) => message[(suite.Signature.SignatureSize + hashSize)..];

    private void WriteSignature(RandomSource random, Span<byte> message)
    {
        Span<byte> hash = message.Slice(suite.Signature.SignatureSize, hashSize);
        Transcript.Hash(hash, DataOf(message));
        sign(random, hash, message[..suite.Signature.SignatureSize]);
    }

    private ReadOnlySpan<byte> CheckSignature(ReadOnlySpan<byte> message)
    {
        WireReader reader = new(message);
        ReadOnlySpan<byte> signature = reader.Bytes(suite.Signature.SignatureSize);
        ReadOnlySpan<byte> signedHash = reader.Bytes(hashSize);
        ReadOnlySpan<byte> data = reader.Rest();
        Span<byte> hash = stackalloc byte[Sha3.DigestSize512];
        hash = hash[..hashSize];
        Transcript.Hash(hash, data);
        if (!suite.Signature.Verify(peerVerificationKey.Span, signedHash, signature))
        {
            throw new ChannelException(ChannelError.AuthenticationFailed, "The signature in the peer's ratchet does not verify.");
        }

        if (!CryptographicOperations.FixedTimeEquals(hash, signedHash))
        {
            throw new ChannelException(ChannelError.HashMismatch, "The peer's ratchet signs another key than it carries.");
        }

        return data;
    }
}
