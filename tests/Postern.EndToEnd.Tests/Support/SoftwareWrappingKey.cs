using System.Security.Cryptography;
using Postern.Authority.Pkcs11;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>What a token does, without one.</summary>
internal sealed class SoftwareWrappingKey : IWrappingKey
{
    private const int TagSize = 16;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public void Wrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> key, Span<byte> wrapped)
    {
        using AesGcm cipher = new(_key, TagSize);
        cipher.Encrypt(nonce, key, wrapped[..key.Length], wrapped[key.Length..], associatedData);
    }

    public void Unwrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> wrapped, Span<byte> key)
    {
        using AesGcm cipher = new(_key, TagSize);
        try
        {
            cipher.Decrypt(nonce, wrapped[..key.Length], wrapped[key.Length..], key, associatedData);
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new TokenException(TokenError.NotOpened, "no", exception);
        }
    }
}
