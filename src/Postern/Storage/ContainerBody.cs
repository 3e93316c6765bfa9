using System.Security.Cryptography;
using Postern.Cryptography;

namespace Postern.Storage;

/// <summary>
/// What every key container ends with: <c>nonce 12 || ciphertext || tag 16</c>, AES-256-GCM. Everything before the ciphertext is
/// associated data.
/// </summary>
internal static class ContainerBody
{
    public const int KeySize = 32;
    public const int NonceSize = 12;
    public const int TagSize = 16;

    /// <summary>Fills the end of a container whose beginning is there.</summary>
    /// <param name="container">All of it.</param>
    /// <param name="start">Where the nonce begins.</param>
    /// <param name="key">32 bytes, which encrypt nothing else.</param>
    /// <param name="content">As long as the room for it.</param>
    public static void Seal(Span<byte> container, int start, ReadOnlySpan<byte> key, ReadOnlySpan<byte> content)
    {
        Span<byte> nonce = container.Slice(start, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        int header = start + NonceSize;
        using AesGcm cipher = new(key, TagSize);
        cipher.Encrypt(nonce, content, container.Slice(header, content.Length), container[(header + content.Length)..], container[..header]);
    }

    /// <summary>Decrypts.</summary>
    /// <exception cref="AuthenticationTagMismatchException">It is another key, or the container was altered.</exception>
    public static SecretBytes Open(ReadOnlySpan<byte> container, int start, ReadOnlySpan<byte> key)
    {
        int header = start + NonceSize;
        using AesGcm cipher = new(key, TagSize);
        SecretBytes content = new(container.Length - header - TagSize);
        try
        {
            cipher.Decrypt(container.Slice(start, NonceSize), container.Slice(header, content.Size), container[^TagSize..], content.Span, container[..header]);
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }
}
