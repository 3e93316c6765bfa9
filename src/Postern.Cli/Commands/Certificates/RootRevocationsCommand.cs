using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root revocations</c>: signs the list of all that the root has revoked.</summary>
internal static class RootRevocationsCommand
{
    private static readonly TimeSpan Standard = TimeSpan.FromDays(7);

    public static Command Create(CommandTerminal terminal)
    {
        Option<string> output = new("--out", "-o") { Description = "The list's file; - is stdout.", HelpName = "FILE", Required = true };
        Option<TimeSpan?> nextUpdate = DurationOption.Create(
            "--next-update", "By when the next list will be there: past it, this one is stale and connections are refused. Default 7d.", TimeSpan.FromMinutes(1), TimeSpan.FromDays(3660));
        Option<long?> number = Tunnels.CountOption.CreateOptional(
            "--number", "The least number of the list. Only after a backup of the inventory was restored: above the last list that was published.", "N");
        RootArguments arguments = new();
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "revocations",
            "Sign the list of all certificates that were revoked, for --revocation-list of servers and clients.",
            """
            Each list has a higher number than the one before, and whoever has seen a number takes no older list. Publish a new one after each
            revocation, and before the next update of the last one even if nothing was revoked.

            Examples:
              postern root revocations --out /srv/www/root.qrl --force
              postern root revocations --out root.qrl --next-update 30d --passphrase-file pass --json
            """)
        {
            output, nextUpdate, number, force, json,
        };
        arguments.AddTo(command);
        command.SetAction(result =>
        {
            string target = result.GetRequiredValue(output);
            bool toOutput = target == OutputFiles.StandardOutput;
            if (toOutput && result.GetValue(json)) throw new CommandException(ExitCode.Usage, "The list goes to stdout, so --json cannot.");
            if (!toOutput)
            {
                OutputFiles.ExpectAbsent(result.GetValue(force), target);
                OutputFiles.ExpectFolderOf(target);
            }

            SigningRoot root = arguments.Load(result, terminal);
            using OpenInventory opened = root.OpenInventory();
            using RootKey key = root.LoadKey();
            RevocationList list = opened.Inventory.PublishRevocations(key, result.GetValue(nextUpdate) ?? Standard, result.GetValue(number) ?? 1);
            Write(terminal, target, list, result.GetValue(force));
            if (toOutput) return ExitCode.Success;
            FileReport report = FileReport.Of(list, target, terminal.Clock).VerifiedUnder(root.Certificate, list);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            terminal.WriteHint($"Next: put {target} where --revocation-list of servers and clients looks, and publish another one before {list.NextUpdate:u}.");
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(CommandTerminal terminal, string target, RevocationList list, bool force)
    {
        try
        {
            OutputFiles.WritePublic(terminal, target, list.ToBytes(), force);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CommandException)
        {
            throw new CommandException(ExitCode.File, $"{exception.Message} List {list.Number} is recorded and was not written: run the command again, the next one says the same and more.");
        }
    }
}
