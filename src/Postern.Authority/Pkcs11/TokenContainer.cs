using System.Security.Cryptography;
using System.Text;
using Postern.Cryptography;
using Postern.Storage;

namespace Postern.Authority.Pkcs11;

/// <summary>
/// A key file whose key a token holds the key of: <c>"POSTKEY2" || field(token label) || field(token serial) || field(key label) ||
/// nonce 12 || wrapped key 48 || nonce 12 || ciphertext || tag 16</c>; a field is <c>length 1 || UTF-8</c>. A random key encrypts the file
/// with AES-256-GCM, everything before the ciphertext being associated data; the token's key encrypts that one in the same way.
/// </summary>
internal sealed class TokenContainer
{
    /// <summary>Bytes of UTF-8 in a key's label.</summary>
    public const int MaxKeyLabel = byte.MaxValue;

    private const int WrappedSize = ContainerBody.KeySize + ContainerBody.TagSize;
    private const int MaxTokenLabel = 32;
    private const int MaxTokenSerial = 16;

    private readonly byte[] _data;
    private readonly int _namesSize;

    private TokenContainer(byte[] data, int namesSize, TokenKeyName name)
    {
        _data = data;
        _namesSize = namesSize;
        Name = name;
    }

    /// <summary>Where the key is that opens it; not authentic until it did.</summary>
    public TokenKeyName Name { get; }

    private static ReadOnlySpan<byte> Magic => "POSTKEY2"u8;

    public static bool IsContainer(ReadOnlySpan<byte> data) => data.StartsWith(Magic);

    /// <summary>Encrypts a key file under a fresh key, and that one under the token's.</summary>
    public static byte[] Protect(ReadOnlySpan<byte> content, TokenKeyName name, IWrappingKey wrappingKey)
    {
        byte[] names = [.. Magic, .. Field(name.TokenLabel, MaxTokenLabel), .. Field(name.TokenSerial, MaxTokenSerial), .. Field(name.KeyLabel, MaxKeyLabel)];
        int bodyStart = names.Length + ContainerBody.NonceSize + WrappedSize;
        byte[] container = new byte[bodyStart + ContainerBody.NonceSize + content.Length + ContainerBody.TagSize];
        names.CopyTo(container, 0);
        Span<byte> nonce = container.AsSpan(names.Length, ContainerBody.NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using SecretBytes key = new(ContainerBody.KeySize);
        RandomNumberGenerator.Fill(key.Span);
        wrappingKey.Wrap(nonce, names, key.Span, container.AsSpan(names.Length + nonce.Length, WrappedSize));
        ContainerBody.Seal(container, bodyStart, key.Span, content);
        return container;
    }

    /// <summary>Reads a container; it is not opened.</summary>
    /// <exception cref="FormatException">The data are no such container.</exception>
    public static TokenContainer Parse(ReadOnlySpan<byte> data)
    {
        if (!IsContainer(data)) throw new FormatException("The data are no key under a token's key.");
        int offset = Magic.Length;
        TokenKeyName name = new(
            ReadField(data, ref offset, MaxTokenLabel), ReadField(data, ref offset, MaxTokenSerial), ReadField(data, ref offset, MaxKeyLabel));
        int least = offset + ContainerBody.NonceSize + WrappedSize + ContainerBody.NonceSize + ContainerBody.TagSize;
        if (data.Length <= least) throw new FormatException($"The container has {data.Length} bytes, and more than {least} are needed.");
        return new TokenContainer(data.ToArray(), offset, name);
    }

    /// <summary>The key file.</summary>
    /// <exception cref="TokenException">The token's key does not open it.</exception>
    public SecretBytes Unprotect(IWrappingKey wrappingKey)
    {
        using SecretBytes key = new(ContainerBody.KeySize);
        int wrappedStart = _namesSize + ContainerBody.NonceSize;
        wrappingKey.Unwrap(
            _data.AsSpan(_namesSize, ContainerBody.NonceSize), _data.AsSpan(0, _namesSize), _data.AsSpan(wrappedStart, WrappedSize), key.Span);
        try
        {
            return ContainerBody.Open(_data, wrappedStart + WrappedSize, key.Span);
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new TokenException(TokenError.NotOpened, "The key file was altered.", exception);
        }
    }

    private static byte[] Field(string text, int most)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > most) throw new ArgumentException($"'{text}' has {bytes.Length} bytes, and there is room for {most}.", nameof(text));
        return [(byte)bytes.Length, .. bytes];
    }

    private static string ReadField(ReadOnlySpan<byte> data, ref int offset, int most)
    {
        int size = offset < data.Length ? data[offset] : int.MaxValue;
        if (size > most || size > data.Length - offset - 1) throw new FormatException("The container's names are cut or too long.");
        string text = Encoding.UTF8.GetString(data.Slice(offset + 1, size));
        offset += 1 + size;
        return text;
    }
}
