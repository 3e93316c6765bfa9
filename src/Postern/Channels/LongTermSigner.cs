using Postern.Cryptography;

namespace Postern.Channels;

/// <summary>
/// A signing key that lives as long as its file: the bytes, and from its first signature on what follows from them (with ML-DSA up to 80 KB).
/// Many keys are only shown or copied and never sign.
/// </summary>
internal sealed class LongTermSigner(SignatureAlgorithm algorithm, SecretBytes key) : IDisposable
{
    private readonly Lock _lock = new();
    private MessageSigner? _signer;

    /// <summary>The key as it stands in its file.</summary>
    public ReadOnlySpan<byte> Bytes => key.Span;

    public void Sign(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        MessageSigner signer = Volatile.Read(ref _signer) ?? Create();
        signer.Sign(random, message, signature);
    }

    /// <summary>Erases both.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            key.Dispose();
            _signer?.Dispose();
        }
    }

    // The bytes of a disposed key throw, so none is made afterwards.
    private MessageSigner Create()
    {
        lock (_lock)
        {
            return _signer ??= algorithm.CreateSigner(key.Span);
        }
    }
}
