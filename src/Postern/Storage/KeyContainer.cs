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
    private const int BodyStart = 8 + sizeof(uint) + SaltSize;
    private const int LeastSize = BodyStart + ContainerBody.NonceSize + ContainerBody.TagSize;

    private static ReadOnlySpan<byte> Magic => "POSTKEY1"u8;

    /// <summary>Tells whether <paramref name="data"/> is such a container.</summary>
    public static bool IsContainer(ReadOnlySpan<byte> data) => data.StartsWith(Magic);

    /// <summary>Tells whoever reads a key what to do first.</summary>
    /// <exception cref="FormatException">The key is under a passphrase.</exception>
    internal static void ExpectOpened(ReadOnlySpan<byte> data)
    {
        if (IsContainer(data)) throw new FormatException($"The key is under a passphrase: open it with {nameof(KeyContainer)}.{nameof(Unprotect)} first.");
    }

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
        byte[] container = new byte[LeastSize + content.Length];
        Magic.CopyTo(container);
        BinaryPrimitives.WriteUInt32LittleEndian(container.AsSpan(Magic.Length), (uint)iterations);
        Span<byte> salt = container.AsSpan(Magic.Length + sizeof(uint), SaltSize);
        RandomNumberGenerator.Fill(salt);
        using SecretBytes key = DeriveKey(passphrase, salt, iterations);
        ContainerBody.Seal(container, BodyStart, key.Span, content);
        return container;
    }

    /// <summary>Decrypts a container.</summary>
    /// <exception cref="FormatException">The data are no such container.</exception>
    /// <exception cref="CryptographicException">The passphrase is wrong, or the container was altered.</exception>
    public static SecretBytes Unprotect(ReadOnlySpan<byte> container, ReadOnlySpan<char> passphrase)
    {
        if (!IsContainer(container) || container.Length < LeastSize)
        {
            throw new FormatException("The data are no passphrase-protected key.");
        }

        uint iterations = BinaryPrimitives.ReadUInt32LittleEndian(container[Magic.Length..]);
        if (iterations is < MinIterations or > MaxIterations)
        {
            throw new FormatException($"The container asks for {iterations} iterations; {MinIterations} to {MaxIterations} are accepted.");
        }

        using SecretBytes key = DeriveKey(passphrase, container.Slice(Magic.Length + sizeof(uint), SaltSize), (int)iterations);
        try
        {
            return ContainerBody.Open(container, BodyStart, key.Span);
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new CryptographicException("The passphrase is wrong, or the key file was altered.", exception);
        }
    }

    private static SecretBytes DeriveKey(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, int iterations)
    {
        using SecretBytes utf8 = new(Encoding.UTF8.GetByteCount(passphrase));
        Encoding.UTF8.GetBytes(passphrase, utf8.Span);
        SecretBytes key = new(ContainerBody.KeySize);
        Rfc2898DeriveBytes.Pbkdf2(utf8.Span, salt, key.Span, iterations, HashAlgorithmName.SHA512);
        return key;
    }
}
