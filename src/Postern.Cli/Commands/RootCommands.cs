using System.CommandLine;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern root</c>: the root of trust.</summary>
internal static class RootCommands
{
    public static Command Create(CommandTerminal terminal) => new DetailedCommand(
        "root",
        "The root of trust: make it, show it, sign servers' certificates with it, keep the record of them.",
        """
        Examples:
          postern root create --name "Example root" --out root
          postern root sign --root-cert root/root_public_cert.qrr --root-key root/root_secret_key.qsk server_public_cert.unsigned.qrc
          postern root export --cert root/root_public_cert.qrr --out /media/stick
        """)
    {
        RootCreateCommand.Create(terminal),
        ShowCommand.Create(terminal, "root"),
        RootSignCommand.Create(terminal),
        RootInitCommand.Create(terminal),
        RootImportCommand.Create(terminal),
        RootRenewCommand.Create(terminal),
        RootRevokeCommand.Create(terminal),
        RootRevocationsCommand.Create(terminal),
        RootListCommand.Create(terminal),
        RootFetchCommand.Create(terminal),
        RootExportCommand.Create(terminal),
        RootProtectCommand.Create(terminal),
        RootRequestSignatureCommand.Create(terminal),
        RootAttachSignatureCommand.Create(terminal),
        RootAuditCommand.Create(terminal),
        RootRollCommand.Create(terminal),
        RootAcceptCommand.Create(terminal),
        RootBackupCommand.Create(terminal),
    };
}
