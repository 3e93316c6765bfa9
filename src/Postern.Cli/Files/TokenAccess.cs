using System.Security.Cryptography;
using Postern.Authority.Pkcs11;
using Postern.Cli.Terminal;
using Postern.Cryptography;

namespace Postern.Cli.Files;

/// <summary>Uses a token for as long as it takes to wrap or to unwrap one key: one login, and never a second try.</summary>
/// <param name="terminal">Where the PIN is asked for.</param>
/// <param name="module">The PKCS#11 module's file; else the environment says it.</param>
/// <param name="pinFile">The file with the PIN; else the environment, else the person.</param>
internal sealed class TokenAccess(CommandTerminal terminal, string? module = null, string? pinFile = null)
{
    public const string Variable = "POSTERN_PKCS11_MODULE";

    /// <summary>What a container holds.</summary>
    public SecretBytes Open(TokenContainer container)
    {
        using CryptokiModule cryptoki = CryptokiModule.Load(ModulePath($"The key is under a key in the token '{container.Name.TokenLabel}': name"));
        Token token = cryptoki.FindToken(container.Name.TokenLabel, container.Name.TokenSerial);
        using TokenSession session = LogIn(cryptoki, token, isReadWrite: false);
        return container.Unprotect(session.FindKey(container.Name.KeyLabel));
    }

    /// <summary>A container whose key is in the token. That key is made if it is not there.</summary>
    public byte[] Protect(ReadOnlySpan<byte> content, string tokenLabel, string keyLabel)
    {
        using CryptokiModule cryptoki = CryptokiModule.Load(ModulePath("Name"));
        Token token = cryptoki.FindToken(tokenLabel);
        using TokenSession session = LogIn(cryptoki, token, isReadWrite: true);
        TokenKey? key = session.TryFindKey(keyLabel);
        if (key is null)
        {
            key = session.GenerateKey(keyLabel);
            terminal.WriteHint($"The key '{keyLabel}' was made in the token '{token.Label}', serial number {token.Serial}. It cannot leave it: without the token nobody opens the root's key.");
        }

        byte[] container = TokenContainer.Protect(content, new TokenKeyName(token.Label, token.Serial, keyLabel), key);
        // A container that does not open must not take the place of a key.
        using SecretBytes opened = TokenContainer.Parse(container).Unprotect(key);
        return CryptographicOperations.FixedTimeEquals(opened.Span, content) ? container : throw new CryptographicException("The token does not give back what it was given.");
    }

    private TokenSession LogIn(CryptokiModule cryptoki, Token token, bool isReadWrite)
    {
        if (token.IsFinalTry && !token.IsLocked) terminal.WriteWarning($"one more wrong PIN locks the token '{token.Label}'.");
        using SecretBytes pin = new PinSource(terminal, pinFile).Get(token.Label);
        return cryptoki.LogIn(token, pin.Span, isReadWrite);
    }

    private string ModulePath(string beginning) => (module ?? terminal.GetVariable(Variable)) is { Length: > 0 } path
        ? path
        : throw new CommandException(ExitCode.Usage, $"{beginning} its PKCS#11 module with --pkcs11-module FILE, or in the environment as {Variable}.");
}
