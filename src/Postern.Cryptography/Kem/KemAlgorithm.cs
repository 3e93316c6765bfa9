namespace Postern.Cryptography;

/// <summary>
/// A key encapsulation mechanism with fixed sizes (FIPS 203 §2.1 for the notion). Instances are stateless and shared. Every buffer
/// must have exactly the size that the algorithm names.
/// </summary>
public abstract class KemAlgorithm
{
    private protected KemAlgorithm(string name, int publicKeySize, int secretKeySize, int ciphertextSize)
    {
        Name = name;
        PublicKeySize = publicKeySize;
        SecretKeySize = secretKeySize;
        CiphertextSize = ciphertextSize;
    }

    /// <summary>ML-KEM-512, security category 1.</summary>
    public static KemAlgorithm MLKem512 => MLKem.MLKem512;

    /// <summary>ML-KEM-768, security category 3.</summary>
    public static KemAlgorithm MLKem768 => MLKem.MLKem768;

    /// <summary>ML-KEM-1024, security category 5.</summary>
    public static KemAlgorithm MLKem1024 => MLKem.MLKem1024;

    /// <summary>
    /// Kyber with k = 5: the algorithm of FIPS 203 with vectors of five polynomials. Not a set of NIST's: no standard describes it and no
    /// evaluation covered it. For peers of the reference library that ask for it (there S6K5P1280); use <see cref="MLKem1024"/> otherwise.
    /// </summary>
    public static KemAlgorithm Kyber1280 => MLKem.Kyber1280;

    /// <summary>Classic McEliece of round 3 with the plaintext confirmation hash, mceliece348864, security category 1.</summary>
    public static KemAlgorithm McEliece348864 => McEliece.McEliece348864;

    /// <summary>Classic McEliece of round 3 with the plaintext confirmation hash, mceliece460896, security category 3.</summary>
    public static KemAlgorithm McEliece460896 => McEliece.McEliece460896;

    /// <summary>Classic McEliece of round 3 with the plaintext confirmation hash, mceliece6688128, security category 5.</summary>
    public static KemAlgorithm McEliece6688128 => McEliece.McEliece6688128;

    /// <summary>Classic McEliece of round 3 with the plaintext confirmation hash, mceliece6960119, security category 5.</summary>
    public static KemAlgorithm McEliece6960119 => McEliece.McEliece6960119;

    /// <summary>Classic McEliece of round 3 with the plaintext confirmation hash, mceliece8192128, security category 5.</summary>
    public static KemAlgorithm McEliece8192128 => McEliece.McEliece8192128;

    /// <summary>The standard's name, such as <c>ML-KEM-768</c>, or <c>Kyber-1280</c>.</summary>
    public string Name { get; }

    /// <summary>What describes it: <c>FIPS 203</c>, a submission, or <c>none</c>.</summary>
    public virtual string Standard => "none";

    /// <summary>Size of the encapsulation key in bytes.</summary>
    public int PublicKeySize { get; }

    /// <summary>Size of the decapsulation key in bytes.</summary>
    public int SecretKeySize { get; }

    /// <summary>Size of a ciphertext in bytes.</summary>
    public int CiphertextSize { get; }

    /// <summary>Size of the shared secret in bytes: 32 for every algorithm.</summary>
    public int SharedSecretSize { get; } = 32;

    /// <summary>Makes a key pair. The caller owns and erases <paramref name="secretKey"/>.</summary>
    /// <exception cref="ArgumentException">A buffer has the wrong size.</exception>
    public void GenerateKeyPair(Span<byte> publicKey, Span<byte> secretKey) =>
        GenerateKeyPair(RandomSource.System, publicKey, secretKey);

    /// <summary>Makes a fresh shared secret and the ciphertext that carries it to the holder of the secret key.</summary>
    /// <returns>False if the public key is not well-formed (FIPS 203 §7.2; spare bits of mceliece6960119); nothing is written then.</returns>
    /// <exception cref="ArgumentException">A buffer has the wrong size.</exception>
    public bool TryEncapsulate(ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> sharedSecret) =>
        TryEncapsulate(RandomSource.System, publicKey, ciphertext, sharedSecret);

    /// <summary>
    /// Recovers the shared secret. Always writes a secret, in constant time: the true one or, for a ciphertext that was not made for
    /// this key, the implicit-rejection value (FIPS 203 §6.3).
    /// </summary>
    /// <returns>True if the ciphertext was well-formed; false if the secret is the implicit-rejection value.</returns>
    /// <exception cref="ArgumentException">A buffer has the wrong size.</exception>
    public bool Decapsulate(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
    {
        CheckSize(secretKey.Length, SecretKeySize, nameof(secretKey));
        CheckSize(ciphertext.Length, CiphertextSize, nameof(ciphertext));
        CheckSize(sharedSecret.Length, SharedSecretSize, nameof(sharedSecret));
        return DecapsulateCore(secretKey, ciphertext, sharedSecret);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Key generation that takes its random bytes from <paramref name="random"/>: ML-KEM draws 64 at once, d then z; McEliece 32.</summary>
    internal void GenerateKeyPair(RandomSource random, Span<byte> publicKey, Span<byte> secretKey)
    {
        CheckSize(publicKey.Length, PublicKeySize, nameof(publicKey));
        CheckSize(secretKey.Length, SecretKeySize, nameof(secretKey));
        GenerateKeyPairCore(random, publicKey, secretKey);
    }

    /// <summary>Encapsulation that takes its random bytes from <paramref name="random"/>: ML-KEM draws the 32 bytes of m.</summary>
    internal bool TryEncapsulate(RandomSource random, ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        CheckSize(publicKey.Length, PublicKeySize, nameof(publicKey));
        CheckSize(ciphertext.Length, CiphertextSize, nameof(ciphertext));
        CheckSize(sharedSecret.Length, SharedSecretSize, nameof(sharedSecret));
        return TryEncapsulateCore(random, publicKey, ciphertext, sharedSecret);
    }

    private protected abstract void GenerateKeyPairCore(RandomSource random, Span<byte> publicKey, Span<byte> secretKey);

    private protected abstract bool TryEncapsulateCore(
        RandomSource random, ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> sharedSecret);

    private protected abstract bool DecapsulateCore(
        ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret);

    private void CheckSize(int actual, int expected, string parameter)
    {
        if (actual != expected) throw new ArgumentException($"{Name} needs {expected} bytes here, not {actual}.", parameter);
    }
}
