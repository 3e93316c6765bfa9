using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Postern.Cryptography;

namespace Postern.Storage;

/// <summary>
/// A key file under a passphrase. Our own format, not the reference's, which stores keys in clear:
/// <c>"POSTKEY1" || LE32 iterations || salt 32 || nonce 12 || ciphertext || tag 16</c>. The key of AES-256-GCM is PBKDF2-HMAC-SHA512 of
/// the passphrase (UTF-8); everything before the ciphertext is associated data.
/// </summary>
public static class KeyContainer
{
    /// <summary>Iterations of PBKDF2 for new containers.</summary>
    public const int DefaultIterations = 600_000;

    /// <summary>Most iterations that are accepted from a file: more would only burn time.</summary>
    public const int MaxIterations = 100_000_000;

    private const int MinIterations = 600_000;
    private const int SaltSize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int KeySize = 32;
    private const int HeaderSize = 8 + sizeof(uint) + SaltSize + NonceSize;

    private static ReadOnlySpan<byte> Magic => "POSTKEY1"u8;

    /// <summary>Tells whether <paramref name="data"/> is such a container.</summary>
    public static bool IsContainer(ReadOnlySpan<byte> data) => data.StartsWith(Magic);

    /// <summary>Encrypts a key file.</summary>
    /// <param name="content">The key's binary file form.</param>
    /// <param name="passphrase">At least one character.</param>
    /// <param name="iterations">PBKDF2 iterations, 600,000 or more.</param>
    /// <exception cref="ArgumentException">The passphrase is empty or there are too few iterations.</exception>
    public static byte[] Protect(ReadOnlySpan<byte> content, ReadOnlySpan<char> passphrase, int iterations = DefaultIterations)
    {
        if (passphrase.IsEmpty) throw new ArgumentException("The passphrase is empty.", nameof(passphrase));
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, MinIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, MaxIterations);
        byte[] container = new byte[HeaderSize + content.Length + TagSize];
        Magic.CopyTo(container);
        BinaryPrimitives.WriteUInt32LittleEndian(container.AsSpan(Magic.Length), (uint)iterations);
        Span<byte> salt = container.AsSpan(Magic.Length + sizeof(uint), SaltSize);
        Span<byte> nonce = container.AsSpan(HeaderSize - NonceSize, NonceSize);
        RandomNumberGenerator.Fill(salt);
        RandomNumberGenerator.Fill(nonce);
        using SecretBytes key = DeriveKey(passphrase, salt, iterations);
        using AesGcm cipher = new(key.Span, TagSize);
        cipher.Encrypt(
            nonce, content, container.AsSpan(HeaderSize, content.Length), container.AsSpan(HeaderSize + content.Length), container.AsSpan(0, HeaderSize));
        return container;
    }

    /// <summary>Decrypts a container.</summary>
    /// <exception cref="FormatException">The data are no such container.</exception>
    /// <exception cref="CryptographicException">The passphrase is wrong, or the container was altered.</exception>
    public static SecretBytes Unprotect(ReadOnlySpan<byte> container, ReadOnlySpan<char> passphrase)
    {
        if (!IsContainer(container) || container.Length < HeaderSize + TagSize)
        {
            throw new FormatException("The data are no passphrase-protected key.");
        }

        uint iterations = BinaryPrimitives.ReadUInt32LittleEndian(container[Magic.Length..]);
        if (iterations is < MinIterations or > MaxIterations)
        {
            throw new FormatException($"The container asks for {iterations} iterations; {MinIterations} to {MaxIterations} are accepted.");
        }

        using SecretBytes key = DeriveKey(passphrase, container.Slice(Magic.Length + sizeof(uint), SaltSize), (int)iterations);
        using AesGcm cipher = new(key.Span, TagSize);
        SecretBytes content = new(container.Length - HeaderSize - TagSize);
        try
        {
            cipher.Decrypt(
                container.Slice(HeaderSize - NonceSize, NonceSize),
                container.Slice(HeaderSize, content.Size),
                container[^TagSize..],
                content.Span,
                container[..HeaderSize]);
            return content;
        }
        catch (AuthenticationTagMismatchException exception)
        {
            content.Dispose();
            throw new CryptographicException("The passphrase is wrong, or the key file was altered.", exception);
        }
    }

    private static SecretBytes DeriveKey(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, int iterations)
    {
        using SecretBytes utf8 = new(Encoding.UTF8.GetByteCount(passphrase));
        Encoding.UTF8.GetBytes(passphrase, utf8.Span);
        SecretBytes key = new(KeySize);
        Rfc2898DeriveBytes.Pbkdf2(utf8.Span, salt, key.Span, iterations, HashAlgorithmName.SHA512);
        return key;
    }
}
