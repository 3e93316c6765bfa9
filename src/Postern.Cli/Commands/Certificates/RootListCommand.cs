using System.CommandLine;
using Postern.Authority.Records;
using Postern.Cli.Files;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root list</c>: the recorded certificates.</summary>
internal static class RootListCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<string> rootPath = RootOptions.Certificate();
        Option<string?> inventory = RootOptions.Inventory();
        Option<TimeSpan?> expiring = Expiring();
        Option<bool> revoked = new("--revoked") { Description = "Only those that were revoked." };
        Option<bool> all = new("--all") { Description = "Those that a renewal replaced too." };
        Option<string?> search = new("--search") { Description = "Only those with this in their name or serial, in either case.", HelpName = "TEXT" };
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "list",
            "List the recorded certificates, the newest of each serial, in the order they were issued in.",
            """
            Examples:
              postern root list --root-cert root/root_public_cert.qrr
              postern root list --expiring 30d
              postern root list --revoked --search example.org --json
            """)
        {
            rootPath, inventory, expiring, revoked, all, search, json,
        };
        command.SetAction(result =>
        {
            DateTimeOffset now = terminal.Clock.GetUtcNow();
            string root = result.GetRequiredValue(rootPath);
            using OpenInventory opened = new InventoryFile(terminal, root, result.GetValue(inventory))
                .Open(RootFiles.LoadRoot(terminal.Clock, new KeyFiles(terminal), root, allowExpired: true));
            CertificateQuery query = new()
            {
                Text = result.GetValue(search),
                IsRevoked = result.GetValue(revoked),
                WithReplaced = result.GetValue(all),
                Ending = result.GetValue(expiring) is { } span ? (now, now + span) : null,
            };
            List<CertificateLine> lines = [.. opened.Inventory.List(query).Select(certificate => CertificateLine.Of(certificate, now))];
            if (result.GetValue(json)) terminal.WriteJson(lines);
            else if (lines.Count > 0) terminal.WriteLines([CertificateLine.Header, .. lines.Select(line => line.Line)]);
            if (lines.Count == 0) terminal.WriteHint("There is no such certificate.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Option<TimeSpan?> Expiring() => new("--expiring")
    {
        Description = "Only those that are valid now or later, were not revoked, and end within this time: 12h, 30d, 8w.",
        HelpName = "TIME",
        CustomParser = result =>
        {
            // With 5 digits the end may be past the year 9999.
            const int Most = 5;
            string text = result.Tokens[0].Value;
            if (text.Length <= Most && DurationOption.Parse(text) is { } time) return time;
            result.AddError($"--expiring is a time such as 12h, 30d or 8w, not '{text}'.");
            return null;
        },
    };
}
