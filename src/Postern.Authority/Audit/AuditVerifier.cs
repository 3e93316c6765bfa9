using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Audit;

/// <summary>Verifies the log entry by entry, then that each row has its entry and each entry its row.</summary>
internal sealed class AuditVerifier(IInventoryTransaction inventory, RootCertificate root)
{
    private readonly List<string> _findings = [];
    private readonly Dictionary<long, AuditClaim> _claims = [];
    private readonly RootChain _roots = RootChain.Read(inventory, root);

    public AuditReport Run()
    {
        CollectRoots();
        RecordVerifier records = new(inventory, _roots, _findings);
        foreach (AuditClaim claim in records.Run()) Collect(claim);
        AuditHead end = VerifyLog();
        foreach (AuditClaim claim in _claims.Values) _findings.Add($"{claim.What}: the log has no entry {claim.Entry}.");
        if (!end.IsSameAs(inventory.ReadHead())) _findings.Add($"The log ends with entry {end.Number}, its head is entry {inventory.ReadHead().Number}.");
        return new AuditReport(end, records.Certificates, [.. _roots.Records.Keys], _findings);
    }

    private void CollectRoots()
    {
        foreach (RootRecord record in _roots.Records.Values)
        {
            string what = $"Root {record.Serial}";
            bool isFirst = record.Entry == 1;
            if (_roots.Find(record.Serial) is null) _findings.Add($"{what}: no trusted root added it.");
            Collect(new AuditClaim(
                what, record.Entry, AuditAction.RootAdded, record.Serial, AuditDetails.Of(record), null, null, isFirst ? record.Serial : null));
            if (!isFirst) Collect(Joining(what, record));
        }
    }

    private AuditClaim Joining(string what, RootRecord record)
    {
        string? former = inventory.FindEntry(record.Entry)?.Signer;
        string details = former is not null && _roots.Records.TryGetValue(former, out RootRecord? adder) ? AuditDetails.OfJoining(adder) : string.Empty;
        return new AuditClaim($"{what}, its taking over", record.Entry + 1, AuditAction.RootJoined, record.Serial, details, null, null, record.Serial);
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
        // Every action that there is has a root's key at hand.
        if (_roots.RefusalOf(entry) is { } refusal) Report(entry, refusal);
        if (entry.Action == AuditAction.Calls) return;
        if (!_claims.Remove(entry.Number, out AuditClaim? claim)) Report(entry, $"says '{entry.Action} {entry.Subject}', of which the inventory knows nothing");
        else if (!claim.IsBorneOutBy(entry)) Report(entry, $"does not say what the inventory has: {claim.What}");
    }

    private void Report(AuditEntry entry, string problem) => _findings.Add($"Entry {entry.Number} {problem}.");
}
