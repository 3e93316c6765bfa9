using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Postern.Authority.Pkcs11;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Cryptography;

namespace Postern.Cli.Commands.Certificates;

/// <summary>Which token's key a root's key is put under.</summary>
internal sealed class NewTokenOptions
{
    private const string StandardKey = "postern-root";

    private readonly TokenOptions _access = new();

    private readonly Option<string?> _token = new("--pkcs11-token")
    {
        Description = "Put the key under a key in the token of this label.",
        HelpName = "LABEL",
    };

    private readonly Option<string?> _key = new("--pkcs11-key")
    {
        Description = $"Label of the key in the token, AES of 256 bits. It is made if it is not there. Default: {StandardKey}.",
        HelpName = "LABEL",
    };

    public NewTokenOptions() => _key.Validators.Add(result =>
    {
        int size = result.Tokens.Count == 1 ? Encoding.UTF8.GetByteCount(result.Tokens[0].Value) : 0;
        if (size is < 1 or > TokenContainer.MaxKeyLabel) result.AddError($"--pkcs11-key is 1 to {TokenContainer.MaxKeyLabel} bytes.");
    });

    public void AddTo(Command command)
    {
        command.Add(_token);
        command.Add(_key);
        _access.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_key) is { Implicit: false } && !IsGiven(result)) result.AddError("--pkcs11-key needs --pkcs11-token.");
        });
    }

    /// <summary>The key shall be under a token's key.</summary>
    public bool IsGiven(CommandResult result) => result.GetResult(_token) is { Implicit: false };

    /// <summary>How a token is used.</summary>
    public TokenAccess Access(ParseResult result, CommandTerminal terminal) => _access.Read(result, terminal);

    /// <summary>The key's file form under the token's key; null if no token was named.</summary>
    public SecretBytes? TryProtect(ParseResult result, CommandTerminal terminal, Func<SecretBytes> export)
    {
        if (result.GetValue(_token) is not { } label) return null;
        using SecretBytes data = export();
        return new SecretBytes(Access(result, terminal).Protect(data.Span, label, result.GetValue(_key) ?? StandardKey));
    }
}
