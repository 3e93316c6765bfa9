using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root backup</c>: a copy of the inventory.</summary>
internal static class RootBackupCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> target = new("FILE") { Description = "The copy, readable by you alone." };
        Option<string> rootPath = RootOptions.Certificate();
        Option<string?> inventory = RootOptions.Inventory();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "backup",
            "Copy the inventory as it is now, while others may use it. It holds no secret keys.",
            """
            The copy is a file, also of an inventory in PostgreSQL. To restore, put it in the inventory's place while nobody uses it, and run
            'postern root audit --verify'.

            Examples:
              postern root backup /media/stick/inventory.db
              postern root backup --root-cert root/root_public_cert.qrr --force inventory.db
            """)
        {
            target, rootPath, inventory, force, json,
        };
        command.SetAction(result =>
        {
            string path = result.GetRequiredValue(target);
            if (path == OutputFiles.StandardOutput) throw new CommandException(ExitCode.Usage, "A backup is a file; it cannot go to stdout.");
            OutputFiles.ExpectAbsent(result.GetValue(force), path);
            OutputFiles.ExpectFolderOf(path);
            string root = result.GetRequiredValue(rootPath);
            InventoryFile file = new(terminal, root, result.GetValue(inventory));
            if (file.IsAt(path)) throw new CommandException(ExitCode.Usage, $"{path} is the inventory itself.");
            using OpenInventory opened = file.Open(RootFiles.LoadRoot(terminal.Clock, new KeyFiles(terminal), root, allowExpired: true));
            opened.Store.BackUp(path, result.GetValue(force));
            if (result.GetValue(json)) terminal.WriteJson(new { Path = path, Bytes = new FileInfo(path).Length });
            else terminal.WriteLine(path);
            return ExitCode.Success;
        });
        return command;
    }
}
