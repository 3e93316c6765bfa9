using System.CommandLine;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Commands.Keys;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern key</c>: keys of QSMP, and whose are trusted.</summary>
internal static class KeyCommands
{
    public static Command Create(CommandTerminal terminal) => new DetailedCommand(
        "key",
        "Keys of QSMP: make one, show it, say whose are trusted.",
        """
        Examples:
          postern key generate --out server
          postern key generate --mode duplex --name alice --out alice
          postern key show server/server_public_key.qpkey
          postern key trust bob_public_key.qpkey
          postern key list
        """)
    {
        KeyGenerateCommand.Create(terminal),
        ShowCommand.Create(terminal, "key"),
        KeyTrustCommand.Create(terminal),
        KeyListCommand.Create(terminal),
    };
}
