using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Authority.Pkcs11;

/// <summary>A session with a token whose user has logged in. Disposing ends it, and with it the login.</summary>
internal sealed class TokenSession(CryptokiFunctions functions, CULong session) : IDisposable
{
    private const uint SecretKey = 4;
    private const uint Aes = 0x1F;
    private const uint AesKeyGeneration = 0x1080;
    private const int KeySize = 32;
    private const int IdSize = 16;

    public void LogIn(ReadOnlySpan<byte> pin) => functions.Login(session, pin);

    /// <summary>The only AES key of that label, which must be fit: 256 bits, and neither to be read nor to be taken out.</summary>
    public TokenKey FindKey(string label) => TryFindKey(label)
        ?? throw new TokenException(TokenError.NoKey, $"There is no AES key '{label}' in the token.");

    /// <summary>The same; null if there is none of that label.</summary>
    public TokenKey? TryFindKey(string label)
    {
        Span<CULong> handles = stackalloc CULong[2];
        int count = functions.FindObjects(session, Named(label), handles);
        if (count == 0) return null;
        if (count > 1) throw new TokenException(TokenError.NoKey, $"There are several AES keys '{label}' in the token: it must be one.");
        ExpectFit(handles[0], label);
        return new TokenKey(functions, session, handles[0]);
    }

    /// <summary>Makes a key that stays in the token and does nothing but encrypt and decrypt.</summary>
    public TokenKey GenerateKey(string label)
    {
        AttributeTemplate template = Named(label)
            .Add(CkAttributeType.Id, RandomNumberGenerator.GetBytes(IdSize))
            .Add(CkAttributeType.ValueLength, KeySize)
            .Add(CkAttributeType.Token, true)
            .Add(CkAttributeType.Private, true)
            .Add(CkAttributeType.Sensitive, true)
            .Add(CkAttributeType.Extractable, false)
            .Add(CkAttributeType.Encrypt, true)
            .Add(CkAttributeType.Decrypt, true)
            .Add(CkAttributeType.Wrap, false)
            .Add(CkAttributeType.Unwrap, false);
        CULong handle = functions.GenerateKey(session, AesKeyGeneration, template);
        ExpectFit(handle, label);
        return new TokenKey(functions, session, handle);
    }

    public void Dispose() => functions.CloseSession(session);

    private static AttributeTemplate Named(string label) => new AttributeTemplate()
        .Add(CkAttributeType.Class, SecretKey)
        .Add(CkAttributeType.KeyType, Aes)
        .Add(CkAttributeType.Label, Encoding.UTF8.GetBytes(label));

    private void ExpectFit(CULong handle, string label)
    {
        AttributeTemplate attributes = new AttributeTemplate()
            .AddUnknown(CkAttributeType.ValueLength)
            .AddUnknown(CkAttributeType.Sensitive)
            .AddUnknown(CkAttributeType.Extractable);
        functions.GetAttributes(session, handle, attributes);
        if (attributes.Read(0) != KeySize) throw new TokenException(TokenError.UnfitKey, $"The token's key '{label}' has not the {KeySize * 8} bits that are needed.");
        if (attributes.Read(1) != 1 || attributes.Read(2) != 0) throw new TokenException(TokenError.UnfitKey, $"The token's key '{label}' can be read or taken out of the token: it protects nothing.");
    }
}
