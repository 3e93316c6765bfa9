namespace Postern.Cryptography;

/// <summary>An SLH-DSA verification key as it is.</summary>
internal sealed class SlhDsaMessageVerifier(SlhDsa algorithm, ReadOnlySpan<byte> verificationKey) : MessageVerifier(algorithm)
{
    private readonly byte[] _verificationKey = verificationKey.ToArray();

    private protected override bool VerifyCore(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Algorithm.Verify(_verificationKey, message, signature);
}
