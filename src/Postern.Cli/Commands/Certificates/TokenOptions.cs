using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Certificates;

/// <summary>How the token is reached whose key a root's key is under.</summary>
internal sealed class TokenOptions
{
    private readonly Option<string?> _module = new("--pkcs11-module")
    {
        Description = $"For a root key under a token's key: the PKCS#11 module of the token. Otherwise the environment's {TokenAccess.Variable}.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _pinFile = new("--pin-file")
    {
        Description = $"File whose first line is the token's PIN; - is stdin. Otherwise the environment's {PinSource.Variable}, or a question.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Add(_module);
        command.Add(_pinFile);
    }

    public TokenAccess Read(ParseResult result, CommandTerminal terminal) => new(terminal, result.GetValue(_module), result.GetValue(_pinFile));
}
