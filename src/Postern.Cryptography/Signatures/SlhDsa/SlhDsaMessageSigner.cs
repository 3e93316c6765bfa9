namespace Postern.Cryptography;

/// <summary>An SLH-DSA signing key as it is: next to a signature, what could be computed ahead is nothing.</summary>
internal sealed class SlhDsaMessageSigner(SlhDsa algorithm, ReadOnlySpan<byte> signingKey) : MessageSigner(algorithm)
{
    private readonly SecretBytes _signingKey = new(signingKey);

    private protected override void SignCore(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature) =>
        Algorithm.Sign(random, _signingKey.Span, message, signature);

    private protected override void Erase() => _signingKey.Dispose();
}
