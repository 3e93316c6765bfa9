using Postern.Authority;
using Postern.Authority.Audit;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Doctor;

/// <summary>An inventory: the file, the log and its head, and that both say the same.</summary>
internal static class InventoryExamination
{
    public static Finding Run(CommandTerminal terminal, string path, TrustedRoots? roots)
    {
        if (roots is null) return Finding.Warn(path, "not verified: no root is among the files", "Give the root's certificate, too.");
        InventoryException? problem = null;
        foreach (RootCertificate root in roots.All)
        {
            try
            {
                using OpenInventory opened = new InventoryFile(terminal, path, path).OpenForAudit(root);
                return Of(path, opened.Inventory.Verify());
            }
            catch (InventoryException exception)
            {
                problem = exception;
            }
        }

        return problem!.Error == InventoryError.OtherRoot
            ? Finding.Warn(path, "the inventory of a root that is not among the files", "Give that root's certificate, too.")
            : Finding.Fail(path, problem.Message, "Restore it from a backup: docs/authority.md.");
    }

    private static Finding Of(string path, AuditReport report) => report.Findings.Count == 0
        ? Finding.Ok(path, $"{report.Certificates} certificates, {report.Head.Number} entries, head {Convert.ToHexString(report.Head.Hash.Span)}")
        : Finding.Fail(path, $"{report.Findings[0]} {(report.Findings.Count > 1 ? $"There are {report.Findings.Count} findings." : string.Empty)}".TrimEnd(), "See 'postern root audit --verify', and restore it from a backup.");
}
