namespace Postern.Authority.Pkcs11;

/// <summary>A key that encrypts another one with AES-256-GCM: 12 bytes of nonce, 16 bytes of tag at the end.</summary>
internal interface IWrappingKey
{
    /// <summary>Encrypts.</summary>
    void Wrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> key, Span<byte> wrapped);

    /// <summary>Decrypts.</summary>
    /// <exception cref="TokenException">What is wrapped was not wrapped by this key, or was altered.</exception>
    void Unwrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> wrapped, Span<byte> key);
}
