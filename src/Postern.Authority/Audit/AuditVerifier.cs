using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Audit;

/// <summary>Verifies the log entry by entry, then that each row has its entry and each entry its row.</summary>
internal sealed class AuditVerifier(IInventoryTransaction inventory, RootCertificate root)
{
    private readonly List<string> _findings = [];
    private readonly Dictionary<long, AuditClaim> _claims = [];

    public AuditReport Run()
    {
        CollectRoots();
        RecordVerifier records = new(inventory, root, _findings);
        foreach (AuditClaim claim in records.Run()) Collect(claim);
        AuditHead end = VerifyLog();
        foreach (AuditClaim claim in _claims.Values) _findings.Add($"{claim.What}: the log has no entry {claim.Entry}.");
        if (!end.IsSameAs(inventory.ReadHead())) _findings.Add($"The log ends with entry {end.Number}, its head is entry {inventory.ReadHead().Number}.");
        return new AuditReport(end, records.Certificates, _findings);
    }

    private void CollectRoots()
    {
        foreach (RootRecord record in inventory.ReadRoots())
        {
            if (record.Serial != root.SerialNumber) _findings.Add($"There is a root {record.Serial}, which nobody asked to verify.");
            Collect(new AuditClaim($"Root {record.Serial}", record.Entry, AuditAction.RootAdded, record.Serial, AuditDetails.Of(record), null, null));
        }
    }

    private void Collect(AuditClaim claim)
    {
        if (!_claims.TryAdd(claim.Entry, claim)) _findings.Add($"{claim.What}: entry {claim.Entry} stands for {_claims[claim.Entry].What}.");
    }

    private AuditHead VerifyLog()
    {
        AuditHead head = AuditHead.Empty;
        foreach (AuditEntry entry in inventory.ReadEntries())
        {
            VerifyEntry(head, entry);
            head = entry.Head;
        }

        return head;
    }

    private void VerifyEntry(AuditHead before, AuditEntry entry)
    {
        if (entry.Number != before.Number + 1) Report(entry, $"follows entry {before.Number}");
        if (!entry.Previous.Span.SequenceEqual(before.Hash.Span)) Report(entry, "does not follow from the entry before it");
        if (!entry.ComputeHash().AsSpan().SequenceEqual(entry.Hash.Span)) Report(entry, "was changed: its fields do not give its hash");
        // Every action that there is has the root's key at hand.
        if (entry.Signature is not { } signature || entry.Signer != root.SerialNumber) Report(entry, "is not signed by the root");
        else if (!AuditSignature.Verify(root, entry.Head, signature.Span)) Report(entry, "has a signature that is not the root's");
        if (entry.Action == AuditAction.Calls) return;
        if (!_claims.Remove(entry.Number, out AuditClaim? claim)) Report(entry, $"says '{entry.Action} {entry.Subject}', of which the inventory knows nothing");
        else if (!claim.IsBorneOutBy(entry)) Report(entry, $"does not say what the inventory has: {claim.What}");
    }

    private void Report(AuditEntry entry, string problem) => _findings.Add($"Entry {entry.Number} {problem}.");
}
