using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root init</c>: begins the inventory of a root.</summary>
internal static class RootInitCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        RootArguments arguments = new();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "init",
            $"Begin the inventory of a root ({InventoryFile.StandardName}, readable by you alone): from then on what it signs is recorded.",
            """
            The inventory records certificates, renewals and revocations, and has an audit log that the root signs. What was signed before
            is not in it until 'root import' records it. A database of PostgreSQL serves several machines; its password comes from PGPASSWORD, ~/.pgpass or PGPASSFILE.

            Examples:
              postern root init --root-cert root/root_public_cert.qrr --root-key root/root_secret_key.qsk
              postern root init --inventory /var/lib/postern/inventory.db --passphrase-file pass
              PGPASSFILE=pg postern root init --inventory postgres://postern@db.example.org/authority
            """)
        {
            json,
        };
        arguments.AddTo(command);
        command.SetAction(result =>
        {
            SigningRoot root = arguments.Load(result, terminal);
            root.Inventory.ExpectRoom();
            using (RootKey key = root.LoadKey()) root.Inventory.Create(root.Certificate, key);

            if (result.GetValue(json)) terminal.WriteJson(new { Inventory = root.Inventory.Name, RootSerial = root.Certificate.SerialNumber, RootName = root.Certificate.Issuer });
            else terminal.WriteLine($"{root.Inventory.Name}: inventory of '{root.Certificate.Issuer}', serial {root.Certificate.SerialNumber}");
            terminal.WriteHint("From now on 'postern root sign' records what it signs. Back it up with 'postern root backup'.");
            return ExitCode.Success;
        });
        return command;
    }
}
