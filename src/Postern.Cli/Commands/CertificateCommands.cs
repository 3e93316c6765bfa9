using System.CommandLine;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern cert</c>: servers' certificates.</summary>
internal static class CertificateCommands
{
    public static Command Create(CommandTerminal terminal) => new DetailedCommand(
        "cert",
        "Servers' certificates: request one, show it, verify it.",
        """
        Examples:
          postern cert request --name server.example.org --out server
          postern cert show server/server_public_cert.qrc
          postern cert verify --root root_public_cert.qrr server/server_public_cert.qrc
        """)
    {
        CertificateRequestCommand.Create(terminal),
        ShowCommand.Create(terminal, "cert"),
        CertificateVerifyCommand.Create(terminal),
        CertificateEnrollCommand.Create(terminal),
        CertificateRenewCommand.Create(terminal),
    };
}
