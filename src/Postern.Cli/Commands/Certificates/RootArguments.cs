using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Certificates;

/// <summary>What a command says that signs with a root's key and records it.</summary>
internal sealed class RootArguments
{
    private readonly Option<string> _certificate = RootOptions.Certificate();
    private readonly Option<string> _key = RootOptions.Key();
    private readonly Option<string?> _inventory = RootOptions.Inventory();
    private readonly Option<string?> _passphraseFile = CommonOptions.PassphraseFile();
    private readonly TokenOptions _token = new();

    public void AddTo(Command command)
    {
        command.Add(_certificate);
        command.Add(_key);
        command.Add(_inventory);
        command.Add(_passphraseFile);
        _token.AddTo(command);
    }

    /// <summary>Loads the root's certificate; the key and the inventory wait until they are needed.</summary>
    public SigningRoot Load(ParseResult result, CommandTerminal terminal)
    {
        string path = result.GetRequiredValue(_certificate);
        KeyFiles files = new(terminal);
        RootFiles root = new(terminal.Clock, files, path, result.GetRequiredValue(_key)) { Tokens = _token.Read(result, terminal) };
        return new SigningRoot(root, files, new InventoryFile(terminal, path, result.GetValue(_inventory)), new PassphraseSource(terminal, result.GetValue(_passphraseFile)));
    }
}
