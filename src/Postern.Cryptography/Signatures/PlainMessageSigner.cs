namespace Postern.Cryptography;

/// <summary>A signing key as it is, of a scheme where what follows from the key alone is nothing beside a signature: SLH-DSA.</summary>
internal sealed class PlainMessageSigner(SignatureAlgorithm algorithm, ReadOnlySpan<byte> signingKey) : MessageSigner(algorithm)
{
    private readonly SecretBytes _signingKey = new(signingKey);

    private protected override void SignCore(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature) =>
        Algorithm.Sign(random, _signingKey.Span, message, signature);

    private protected override void Erase() => _signingKey.Dispose();
}
