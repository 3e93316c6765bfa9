namespace Postern.Authority.Pkcs11;

/// <summary>A PKCS#11 module that was started; one at a time in a process.</summary>
internal sealed class CryptokiModule : IDisposable
{
    private readonly CryptokiFunctions _functions;

    private CryptokiModule(CryptokiFunctions functions) => _functions = functions;

    /// <summary>Loads and starts a module.</summary>
    /// <param name="path">Its file. It is not searched for.</param>
    public static CryptokiModule Load(string path)
    {
        if (!File.Exists(path)) throw new TokenException(TokenError.Module, $"The PKCS#11 module {path} is not there.");
        try
        {
            CryptokiFunctions functions = CryptokiFunctions.Load(Path.GetFullPath(path));
            functions.Initialize();
            return new CryptokiModule(functions);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new TokenException(TokenError.Module, $"{path} cannot be loaded as a PKCS#11 module of this processor: {exception.Message.ReplaceLineEndings(" ").Trim()}", exception);
        }
        catch (TokenException exception)
        {
            throw new TokenException(TokenError.Module, $"The PKCS#11 module {path} does not start: {exception.Message}", exception);
        }
    }

    /// <summary>The only token of that label.</summary>
    public Token FindToken(string label)
    {
        Token[] tokens = [.. Tokens()];
        Token[] found = [.. tokens.Where(token => token.Label == label)];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new TokenException(TokenError.NoToken, $"There is no token '{label}'. {Present(tokens)}"),
            _ => throw new TokenException(TokenError.NoToken, $"There are {found.Length} tokens '{label}': take the others away."),
        };
    }

    /// <summary>The token of that label and serial number.</summary>
    public Token FindToken(string label, string serial)
    {
        Token[] tokens = [.. Tokens()];
        if (tokens.FirstOrDefault(token => token.Label == label && token.Serial == serial) is { } found) return found;
        throw tokens.FirstOrDefault(token => token.Label == label) is { } other
            ? new TokenException(TokenError.OtherToken, $"The token '{label}' here has the serial number {other.Serial}, and the key is in another one, {serial}.")
            : new TokenException(TokenError.NoToken, $"There is no token '{label}' with the serial number {serial}. {Present(tokens)}");
    }

    /// <summary>Logs in. A PIN that is wrong is never tried again.</summary>
    /// <param name="token">The token.</param>
    /// <param name="pin">Its user's PIN, UTF-8.</param>
    /// <param name="isReadWrite">A key may be made.</param>
    public TokenSession LogIn(Token token, ReadOnlySpan<byte> pin, bool isReadWrite)
    {
        if (token.IsLocked) throw TokenException.Of(CkResult.PinLocked, "C_GetTokenInfo");
        TokenSession session = new(_functions, _functions.OpenSession(token.Slot, isReadWrite));
        try
        {
            session.LogIn(pin);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Dispose() => _functions.Finalise();

    private IEnumerable<Token> Tokens() => _functions.GetSlots().Select(_functions.GetToken).Where(token => token.IsInitialized);

    private static string Present(Token[] tokens) => tokens.Length == 0
        ? "The module has none."
        : $"The module has {string.Join(", ", tokens.Select(token => $"'{token.Label}' ({token.Serial})"))}.";
}
