using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Audit;

/// <summary>
/// Asks the log for a row before the root's key is used on its word: whoever administers the database writes rows as he likes, and signs no entry.
/// (docs/authority.md)
/// </summary>
internal sealed class LogWitness(IInventoryTransaction inventory, RootCertificate root, string storeName)
{
    private readonly RootChain _roots = RootChain.Read(inventory, root);

    /// <summary>Expects that a trusted root signed the entry that the row names, and that it says what the row says.</summary>
    /// <exception cref="InventoryException">It is not so.</exception>
    public void Expect(AuditClaim claim)
    {
        if (inventory.FindEntry(claim.Entry) is { } entry
            && claim.IsBorneOutBy(entry)
            && entry.ComputeHash().AsSpan().SequenceEqual(entry.Hash.Span)
            && _roots.RefusalOf(entry) is null)
        {
            return;
        }

        throw Damaged($"{claim.What} is not what the log says");
    }

    /// <summary>
    /// Expects that what is to be published next begins with what was published last: then nothing was taken out, and only what came after that has to be
    /// looked at row by row.
    /// </summary>
    /// <param name="revocations">This root's, in the order of their entries.</param>
    /// <returns>The highest number of all roots' lists; 0 if there is none.</returns>
    /// <exception cref="InventoryException">It is not so.</exception>
    public long ExpectContinued(IReadOnlyList<RevocationRecord> revocations)
    {
        RevocationListRecord[] lists = [.. inventory.ReadLists()];
        if (lists.Length > 0) Expect(lists[^1], PublisherOf(lists[^1]));
        RevocationListRecord? last = Array.FindLast(lists, list => PublisherOf(list) == root.SerialNumber);
        if (last is not null) ExpectPublished(last, revocations);
        foreach (RevocationRecord added in revocations.Where(revocation => revocation.Entry > (last?.Entry ?? 0))) Expect(AuditClaim.Of(added, root.SerialNumber));
        return lists.Length > 0 ? lists[^1].Number : 0;
    }

    /// <summary>Expects that this root published a list, and that it said what was revoked before it.</summary>
    /// <returns>Those revocations.</returns>
    /// <exception cref="InventoryException">It is not so.</exception>
    public IReadOnlyList<RevocationRecord> ExpectPublished(RevocationListRecord list, IReadOnlyList<RevocationRecord> revocations)
    {
        Expect(list, root.SerialNumber);
        RevocationRecord[] before = [.. revocations.Where(revocation => revocation.Entry < list.Entry)];
        return list.IsOf(root, before) ? before : throw Damaged($"Revocation list {list.Number} is not what was revoked before it");
    }

    /// <summary>The root whose list it is, as the log says; null if the log has nothing of it.</summary>
    public string? PublisherOf(RevocationListRecord list) => inventory.FindEntry(list.Entry)?.Subject;

    private void Expect(RevocationListRecord list, string? publisher) => Expect(AuditClaim.Of(list, publisher ?? string.Empty));

    private InventoryException Damaged(string what) => new(InventoryError.Damaged, $"{storeName}: {what}. 'postern root audit --verify' says more.");
}
