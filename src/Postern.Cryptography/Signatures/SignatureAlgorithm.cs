namespace Postern.Cryptography;

/// <summary>
/// A signature scheme with fixed sizes, in its pure form with an empty context (FIPS 204 §5.2, FIPS 205 §10.2). Instances are stateless
/// and shared. Every buffer must have exactly the size that the algorithm names.
/// </summary>
public abstract class SignatureAlgorithm
{
    private protected SignatureAlgorithm(string name, int verificationKeySize, int signingKeySize, int signatureSize)
    {
        Name = name;
        VerificationKeySize = verificationKeySize;
        SigningKeySize = signingKeySize;
        SignatureSize = signatureSize;
    }

    /// <summary>ML-DSA-44, security category 2.</summary>
    public static SignatureAlgorithm MLDsa44 => MLDsa.MLDsa44;

    /// <summary>ML-DSA-65, security category 3.</summary>
    public static SignatureAlgorithm MLDsa65 => MLDsa.MLDsa65;

    /// <summary>ML-DSA-87, security category 5.</summary>
    public static SignatureAlgorithm MLDsa87 => MLDsa.MLDsa87;

    /// <summary>
    /// SLH-DSA-SHAKE-128s (FIPS 205), security category 1: small keys, and signatures of 7,856 bytes that rest on hashes alone; signing
    /// takes hundreds of times as long as with ML-DSA. Not <see cref="SphincsPlusRound3Shake128sRobust"/>, which has the same sizes.
    /// </summary>
    public static SignatureAlgorithm SlhDsaShake128s => SlhDsa.Shake128s;

    /// <summary>SLH-DSA-SHAKE-192s, security category 3, signatures of 16,224 bytes. Otherwise as <see cref="SlhDsaShake128s"/>.</summary>
    public static SignatureAlgorithm SlhDsaShake192s => SlhDsa.Shake192s;

    /// <summary>SLH-DSA-SHAKE-256s, security category 5, signatures of 29,792 bytes. Otherwise as <see cref="SlhDsaShake128s"/>.</summary>
    public static SignatureAlgorithm SlhDsaShake256s => SlhDsa.Shake256s;

    /// <summary>
    /// Legacy: SPHINCS+ as submitted to NIST's third round, SHAKE256, 128s, robust; not FIPS 205. For keys and signatures of peers built on
    /// the reference library of 2025-03. Sizes are those of <see cref="SlhDsaShake128s"/>, and nothing verifies across. No configuration set
    /// uses it: it has to be asked for by name. Signing takes about twice as long.
    /// </summary>
    public static SignatureAlgorithm SphincsPlusRound3Shake128sRobust => SlhDsa.Round3Shake128s;

    /// <summary>
    /// Legacy: SPHINCS+ round 3, SHAKE256, 192s, robust; not FIPS 205. Otherwise as <see cref="SphincsPlusRound3Shake128sRobust"/>.
    /// </summary>
    public static SignatureAlgorithm SphincsPlusRound3Shake192sRobust => SlhDsa.Round3Shake192s;

    /// <summary>
    /// Legacy: SPHINCS+ round 3, SHAKE256, 256s, robust; not FIPS 205. Otherwise as <see cref="SphincsPlusRound3Shake128sRobust"/>.
    /// </summary>
    public static SignatureAlgorithm SphincsPlusRound3Shake256sRobust => SlhDsa.Round3Shake256s;

    /// <summary>The standard's name, such as <c>ML-DSA-65</c>.</summary>
    public string Name { get; }

    /// <summary>The standard that describes it, such as <c>FIPS 204</c>.</summary>
    public abstract string Standard { get; }

    /// <summary>Size of the public key in bytes.</summary>
    public int VerificationKeySize { get; }

    /// <summary>Size of the expanded private key in bytes (FIPS 204 §4, table 2; FIPS 205 §11, table 2).</summary>
    public int SigningKeySize { get; }

    /// <summary>Size of a signature in bytes.</summary>
    public int SignatureSize { get; }

    /// <summary>Makes a key pair. The caller owns and erases <paramref name="signingKey"/>.</summary>
    /// <exception cref="ArgumentException">A buffer has the wrong size.</exception>
    public void GenerateKeyPair(Span<byte> verificationKey, Span<byte> signingKey) =>
        GenerateKeyPair(RandomSource.System, verificationKey, signingKey);

    /// <summary>Signs <paramref name="message"/>, hedged with fresh randomness (FIPS 204 §3.4, FIPS 205 §9.2).</summary>
    /// <exception cref="ArgumentException">A buffer has the wrong size.</exception>
    public void Sign(ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, Span<byte> signature) =>
        Sign(RandomSource.System, signingKey, message, signature);

    /// <summary>Tells whether <paramref name="signature"/> is the key holder's signature of <paramref name="message"/>.</summary>
    /// <exception cref="ArgumentException">A buffer has the wrong size.</exception>
    public bool Verify(ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        CheckSize(verificationKey.Length, VerificationKeySize, nameof(verificationKey));
        CheckSize(signature.Length, SignatureSize, nameof(signature));
        return VerifyCore(verificationKey, message, signature);
    }

    /// <summary>
    /// Makes a key ready for many signatures: with ML-DSA most of what <see cref="Sign(ReadOnlySpan{byte}, ReadOnlySpan{byte}, Span{byte})"/>
    /// does besides its draws follows from the key alone. Copies the key; erasing the original stays with the caller.
    /// </summary>
    /// <returns>The signer, which the caller disposes of.</returns>
    /// <exception cref="ArgumentException">The key has the wrong size.</exception>
    public MessageSigner CreateSigner(ReadOnlySpan<byte> signingKey)
    {
        CheckSize(signingKey.Length, SigningKeySize, nameof(signingKey));
        return CreateSignerCore(signingKey);
    }

    /// <summary>Makes a key ready for many verifications; with ML-DSA it takes about as long as one. Copies the key.</summary>
    /// <exception cref="ArgumentException">The key has the wrong size.</exception>
    public MessageVerifier CreateVerifier(ReadOnlySpan<byte> verificationKey)
    {
        CheckSize(verificationKey.Length, VerificationKeySize, nameof(verificationKey));
        return CreateVerifierCore(verificationKey);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>
    /// Key generation that takes its random bytes from <paramref name="random"/>: ML-DSA draws the 32-byte seed, SLH-DSA its three seeds
    /// at once.
    /// </summary>
    internal void GenerateKeyPair(RandomSource random, Span<byte> verificationKey, Span<byte> signingKey)
    {
        CheckSize(verificationKey.Length, VerificationKeySize, nameof(verificationKey));
        CheckSize(signingKey.Length, SigningKeySize, nameof(signingKey));
        GenerateKeyPairCore(random, verificationKey, signingKey);
    }

    /// <summary>
    /// Signs with the random bytes of <paramref name="random"/>: ML-DSA draws 32; all zero gives the deterministic variant that the
    /// reference uses. SLH-DSA draws n, the size of its hashes.
    /// </summary>
    internal void Sign(RandomSource random, ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        CheckSize(signingKey.Length, SigningKeySize, nameof(signingKey));
        CheckSize(signature.Length, SignatureSize, nameof(signature));
        SignCore(random, signingKey, message, signature);
    }

    /// <summary>
    /// Tells whether the signing key names this verification key as its own. It compares what the expanded key repeats of the public one,
    /// which finds mixed-up and most damaged files; it does not recompute the key.
    /// </summary>
    internal bool IsKeyPair(ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> signingKey)
    {
        CheckSize(verificationKey.Length, VerificationKeySize, nameof(verificationKey));
        CheckSize(signingKey.Length, SigningKeySize, nameof(signingKey));
        return IsKeyPairCore(verificationKey, signingKey);
    }

    internal void CheckSize(int actual, int expected, string parameter)
    {
        if (actual != expected) throw new ArgumentException($"{Name} needs {expected} bytes here, not {actual}.", parameter);
    }

    private protected abstract void GenerateKeyPairCore(RandomSource random, Span<byte> verificationKey, Span<byte> signingKey);

    private protected abstract void SignCore(
        RandomSource random, ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, Span<byte> signature);

    private protected abstract bool VerifyCore(
        ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    private protected abstract bool IsKeyPairCore(ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> signingKey);

    private protected virtual MessageSigner CreateSignerCore(ReadOnlySpan<byte> signingKey) => new PlainMessageSigner(this, signingKey);

    private protected virtual MessageVerifier CreateVerifierCore(ReadOnlySpan<byte> verificationKey) =>
        new PlainMessageVerifier(this, verificationKey);
}
