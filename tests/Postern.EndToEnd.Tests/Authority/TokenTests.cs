using System.Text;
using Postern.Authority.Pkcs11;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary>What SoftHSM does not do: it locks no PIN.</summary>
public class TokenTests
{
    [Theory]
    [InlineData(0xA0, nameof(TokenError.WrongPin), "PIN is not right")]
    [InlineData(0xA4, nameof(TokenError.Locked), "locked")]
    [InlineData(0xA3, nameof(TokenError.Locked), "expired")]
    [InlineData(0x32, nameof(TokenError.NoToken), "not there any more")]
    [InlineData(0x70, nameof(TokenError.Device), "cannot do AES-GCM")]
    [InlineData(0x40, nameof(TokenError.NotOpened), "does not open")]
    [InlineData(0x5, nameof(TokenError.Device), "C_Test returned 0x5")]
    [InlineData(0x80000001, nameof(TokenError.Device), "C_Test returned 0x80000001")]
    public void What_a_module_returns_is_said_in_words(uint result, string error, string words)
    {
        TokenException exception = TokenException.Of((CkResult)result, "C_Test");
        Assert.Equal(error, $"{exception.Error}");
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x400, true, false, false)]
    [InlineData(0x20400, true, true, false)]
    [InlineData(0x40400, true, false, true)]
    [InlineData(0x4, false, false, false)]
    public void A_token_says_its_names_and_its_state(uint flags, bool isInitialized, bool isFinalTry, bool isLocked)
    {
        byte[] info = new byte[Token.InfoSize];
        Encoding.UTF8.GetBytes("Röot HSM".PadRight(31)).CopyTo(info, 0);
        info.AsSpan(32, 48).Fill((byte)' ');
        "0123"u8.CopyTo(info.AsSpan(80));
        BitConverter.TryWriteBytes(info.AsSpan(96), flags);
        Token token = Token.Parse(7, info);
        Assert.Equal(new Token(7, "Röot HSM", "0123", flags), token);
        Assert.Equal((isInitialized, isFinalTry, isLocked), (token.IsInitialized, token.IsFinalTry, token.IsLocked));
    }
}
