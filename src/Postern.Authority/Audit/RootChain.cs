using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Audit;

/// <summary>
/// The roots of an inventory that are trusted because one of them is: a root that a trusted one added, by the entry that says so; and the root
/// that added a trusted one, by the entry with which that one took over the log. Each names the other by its certificate's digest. (docs/authority.md)
/// </summary>
internal sealed class RootChain
{
    private readonly Dictionary<string, RootRecord> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RootCertificate> _trusted = new(StringComparer.Ordinal);

    private RootChain(RootCertificate anchor)
    {
        Anchor = anchor;
        _trusted.Add(anchor.SerialNumber, anchor);
    }

    /// <summary>The root that was given, with which trust begins.</summary>
    public RootCertificate Anchor { get; }

    /// <summary>All rows, by serial.</summary>
    public IReadOnlyDictionary<string, RootRecord> Records => _records;

    /// <summary>Follows the entries from a root that is trusted whatever they say.</summary>
    public static RootChain Read(IInventoryTransaction inventory, RootCertificate anchor)
    {
        RootChain chain = new(anchor);
        foreach (RootRecord record in inventory.ReadRoots()) chain._records.Add(record.Serial, record);
        if (chain._records.Count > 1) chain.Follow([.. chain._records.Values.Where(record => record.Entry > 1).Select(record => RootLink.Read(inventory, record))]);
        return chain;
    }

    /// <summary>A trusted root, or null.</summary>
    public RootCertificate? Find(string? serial) => serial is null ? null : _trusted.GetValueOrDefault(serial);

    /// <summary>Why the entry counts as nobody's; null if a trusted root signed it that was there by then.</summary>
    public string? RefusalOf(AuditEntry entry)
    {
        if (entry.Signature is not { } signature || Find(entry.Signer) is not { } root) return "is not signed by a root that is trusted";
        if (_records[root.SerialNumber].Entry > entry.Number) return "is signed by a root that was added later";
        return AuditSignature.Verify(root, entry.Head, signature.Span) ? null : "has a signature that is not the root's";
    }

    private void Follow(IReadOnlyList<RootLink> links)
    {
        bool hasGrown = true;
        while (hasGrown)
        {
            hasGrown = false;
            foreach (RootLink link in links)
            {
                bool hasFormer = Find(link.Former) is not null;
                bool hasAdded = Find(link.Added.Serial) is not null;
                if (hasFormer == hasAdded || link.Former is null || !_records.TryGetValue(link.Former, out RootRecord? former)) continue;
                RootRecord next = hasFormer ? link.Added : former;
                if (!(hasFormer ? link.IsAddedBy(_trusted[link.Former]) : link.IsTakenOverBy(_trusted[link.Added.Serial], former))) continue;
                hasGrown |= TryTrust(next);
            }
        }
    }

    // What is no certificate is in no signed digest; the audit says so by the entry's details.
    private bool TryTrust(RootRecord record)
    {
        try
        {
            return _trusted.TryAdd(record.Serial, record.Parse());
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
