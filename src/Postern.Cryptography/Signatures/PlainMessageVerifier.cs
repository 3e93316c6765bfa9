namespace Postern.Cryptography;

/// <summary>A verification key as it is, like <see cref="PlainMessageSigner"/>.</summary>
internal sealed class PlainMessageVerifier(SignatureAlgorithm algorithm, ReadOnlySpan<byte> verificationKey) : MessageVerifier(algorithm)
{
    private readonly byte[] _verificationKey = verificationKey.ToArray();

    private protected override bool VerifyCore(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Algorithm.Verify(_verificationKey, message, signature);
}
