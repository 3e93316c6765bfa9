using System.CommandLine;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern root</c>: the root of trust.</summary>
internal static class RootCommands
{
    public static Command Create(CommandTerminal terminal) => new("root", "The root of trust: make it, show it, sign servers' certificates with it.")
    {
        RootCreateCommand.Create(terminal),
        ShowCommand.Create(terminal, "root"),
        RootSignCommand.Create(terminal),
        RootExportCommand.Create(terminal),
    };
}
