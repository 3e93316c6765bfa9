using System.CommandLine;
using System.Globalization;
using Postern.Authority;
using Postern.Authority.Audit;
using Postern.Cli.Files;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root audit</c>: shows the audit log, or verifies it.</summary>
internal static class RootAuditCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<string> rootPath = RootOptions.Certificate();
        Option<string?> inventory = RootOptions.Inventory();
        Option<bool> verify = new("--verify") { Description = "Verify the log, its signatures, and that log and inventory say the same." };
        Option<string?> head = new("--head")
        {
            Description = "A hash that --verify gave earlier: with --verify, it must be in the log. So an older copy of the inventory is found out.",
            HelpName = "HASH",
        };
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "audit",
            "Show the audit log of the inventory, or verify it.",
            """
            Any root of the inventory will do: the others follow from the entries with which one added the other.
            With --verify the exit code is 1 if something is not as the root signed it. Write down the head that it gives, elsewhere: the
            next time it must be in the log.

            Examples:
              postern root audit
              postern root audit --verify --root-cert root/root_public_cert.qrr
            """)
        {
            rootPath, inventory, verify, head, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(head) is { Implicit: false } && result.GetResult(verify) is null or { Implicit: true }) result.AddError("--head needs --verify.");
        });
        command.SetAction(result =>
        {
            string root = result.GetRequiredValue(rootPath);
            using OpenInventory opened = new InventoryFile(terminal, root, result.GetValue(inventory))
                .OpenForAudit(RootFiles.LoadRoot(terminal.Clock, new KeyFiles(terminal), root, allowExpired: true));
            if (result.GetValue(verify)) return Verify(terminal, opened.Inventory, result.GetValue(head), result.GetValue(json));
            Show(terminal, opened.Inventory.ReadLog(), result.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Show(CommandTerminal terminal, IReadOnlyList<AuditEntry> log, bool json)
    {
        if (!json)
        {
            terminal.WriteLines(log.Select(entry => string.Format(
                CultureInfo.InvariantCulture, "{0,6}  {1:u}  {2,-10}  {3}  by {4}", entry.Number, entry.Time, entry.Action, entry.Subject, entry.Actor)));
            return;
        }

        terminal.WriteJson(log.Select(entry => new
        {
            entry.Number,
            entry.Time,
            entry.Actor,
            entry.Action,
            entry.Subject,
            entry.Details,
            Previous = Convert.ToHexString(entry.Previous.Span),
            Hash = Convert.ToHexString(entry.Hash.Span),
            entry.Signer,
            Signature = entry.Signature is { } signature ? Convert.ToHexString(signature.Span) : null,
        }));
    }

    private static int Verify(CommandTerminal terminal, Inventory inventory, string? known, bool json)
    {
        AuditReport report = inventory.Verify();
        List<string> findings = [.. report.Findings];
        if (known is not null && !inventory.ReadLog().Any(entry => Convert.ToHexString(entry.Hash.Span).Equals(known, StringComparison.OrdinalIgnoreCase)))
        {
            findings.Add($"The log has no entry {known}: this is an older or another inventory.");
        }

        string head = Convert.ToHexString(report.Head.Hash.Span);
        if (json)
        {
            terminal.WriteJson(new { IsValid = findings.Count == 0, Entries = report.Head.Number, Head = head, report.Certificates, report.Roots, Findings = findings });
        }
        else if (findings.Count == 0)
        {
            terminal.WriteLine($"{report.Head.Number} entries, {report.Certificates} certificates{Roots(report)}: log, signatures and inventory agree");
            terminal.WriteLine($"head {head}");
        }
        else
        {
            terminal.WriteLines(["NOT VALID:", .. findings]);
        }

        return findings.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static string Roots(AuditReport report) => report.Roots.Count == 1 ? string.Empty : $" of {report.Roots.Count} roots";
}
