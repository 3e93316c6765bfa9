using System.CommandLine;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern cert</c>: servers' certificates.</summary>
internal static class CertificateCommands
{
    public static Command Create(CommandTerminal terminal) => new("cert", "Servers' certificates: request one, show it, verify it.")
    {
        CertificateRequestCommand.Create(terminal),
        ShowCommand.Create(terminal, "cert"),
        CertificateVerifyCommand.Create(terminal),
    };
}
