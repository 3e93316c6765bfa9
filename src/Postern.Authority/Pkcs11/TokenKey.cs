using System.Runtime.InteropServices;
using Postern.Cryptography;

namespace Postern.Authority.Pkcs11;

/// <summary>An AES key that does not leave its token. CKM_AES_GCM, because it binds the names to what it wraps and needs no object for that.</summary>
internal sealed unsafe class TokenKey(CryptokiFunctions functions, CULong session, CULong handle) : IWrappingKey
{
    private const uint AesGcm = 0x1087;
    private const int TagSize = 16;

    // Some modules ask for room that they do not use.
    private const int Spare = 16;

    public void Wrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> key, Span<byte> wrapped)
    {
        Span<byte> output = stackalloc byte[wrapped.Length + Spare];
        int size = Run(isEncryption: true, nonce, associatedData, key, output);
        if (size != wrapped.Length) throw new TokenException(TokenError.Device, $"The token made {size} bytes of {key.Length} with AES-GCM, not {wrapped.Length}.");
        output[..size].CopyTo(wrapped);
    }

    public void Unwrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> wrapped, Span<byte> key)
    {
        using SecretBytes output = new(wrapped.Length + Spare);
        int size = Run(isEncryption: false, nonce, associatedData, wrapped, output.Span);
        if (size != key.Length) throw new TokenException(TokenError.NotOpened, $"The token's key opened {size} bytes, not {key.Length}.");
        output.Span[..size].CopyTo(key);
    }

    private int Run(bool isEncryption, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> input, Span<byte> output)
    {
        fixed (byte* nonceStart = nonce)
        fixed (byte* associatedStart = associatedData)
        {
            CkGcmParameters parameters = new()
            {
                Nonce = (nint)nonceStart,
                NonceLength = new CULong((nuint)nonce.Length),
                NonceBits = new CULong((nuint)nonce.Length * 8),
                AssociatedData = (nint)associatedStart,
                AssociatedDataLength = new CULong((nuint)associatedData.Length),
                TagBits = new CULong(TagSize * 8),
            };
            CkMechanism mechanism = new()
            {
                Mechanism = new CULong(AesGcm),
                Parameter = (nint)(&parameters),
                ParameterLength = new CULong((nuint)sizeof(CkGcmParameters)),
            };
            return isEncryption
                ? functions.Encrypt(session, &mechanism, handle, input, output)
                : functions.Decrypt(session, &mechanism, handle, input, output);
        }
    }
}
