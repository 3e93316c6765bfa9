using System.CommandLine;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary>Options that several commands share, worded once.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Write JSON to stdout." };

    public static Option<string?> PassphraseFile() => new("--passphrase-file")
    {
        Description = $"File whose first line is the passphrase of the key; - is stdin. Otherwise the environment's {PassphraseSource.Variable}, or a question.",
        HelpName = "FILE",
    };
}
