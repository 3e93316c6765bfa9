using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Audit;

/// <summary>The two entries that tie an added root to the one that added it: one is signed by the former, the next by the added root.</summary>
internal sealed class RootLink
{
    private readonly AuditEntry? _adding;
    private readonly AuditEntry? _joining;

    private RootLink(RootRecord added, AuditEntry? adding, AuditEntry? joining)
    {
        Added = added;
        _adding = adding;
        _joining = joining;
    }

    public RootRecord Added { get; }

    /// <summary>The serial of the root that signed the first entry, as it says.</summary>
    public string? Former => _adding?.Signer;

    public static RootLink Read(IInventoryTransaction inventory, RootRecord added) =>
        new(added, inventory.FindEntry(added.Entry), inventory.FindEntry(added.Entry + 1));

    /// <summary>Tells whether <paramref name="former"/> signed that this very root is added.</summary>
    public bool IsAddedBy(RootCertificate former) =>
        IsSigned(_adding, former, AuditAction.RootAdded, AuditDetails.Of(Added));

    /// <summary>Tells whether <paramref name="added"/> signed that it was added by the very root that <paramref name="former"/> is.</summary>
    public bool IsTakenOverBy(RootCertificate added, RootRecord former) =>
        IsSigned(_joining, added, AuditAction.RootJoined, AuditDetails.OfJoining(former));

    private bool IsSigned(AuditEntry? entry, RootCertificate signer, string action, string details) =>
        entry is { Signature: { } signature }
        && entry.Action == action
        && entry.Subject == Added.Serial
        && entry.Details == details
        && entry.Signer == signer.SerialNumber
        && entry.ComputeHash().AsSpan().SequenceEqual(entry.Hash.Span)
        && AuditSignature.Verify(signer, entry.Head, signature.Span);
}
