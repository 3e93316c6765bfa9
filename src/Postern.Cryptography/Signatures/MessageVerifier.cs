namespace Postern.Cryptography;

/// <summary>
/// A verification key made ready for many signatures: what follows from the key alone is computed once and kept, up to 64 KiB with ML-DSA.
/// Immutable and shared. <see cref="SignatureAlgorithm.CreateVerifier"/> makes one.
/// </summary>
public abstract class MessageVerifier
{
    private protected MessageVerifier(SignatureAlgorithm algorithm) => Algorithm = algorithm;

    /// <summary>The scheme of the key.</summary>
    public SignatureAlgorithm Algorithm { get; }

    /// <summary>Tells whether <paramref name="signature"/> is the key holder's signature of <paramref name="message"/>.</summary>
    /// <exception cref="ArgumentException">The signature has the wrong size.</exception>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Algorithm.CheckSize(signature.Length, Algorithm.SignatureSize, nameof(signature));
        return VerifyCore(message, signature);
    }

    private protected abstract bool VerifyCore(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
