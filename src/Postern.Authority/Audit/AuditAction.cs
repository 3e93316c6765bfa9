namespace Postern.Authority.Audit;

/// <summary>What an audit entry says was done. The words are hashed: none may ever change.</summary>
internal static class AuditAction
{
    public const string RootAdded = "root-added";

    /// <summary>The first entry that an added root signs: it takes over all that was before, and names the root that added it.</summary>
    public const string RootJoined = "root-joined";

    public const string Issued = "issued";

    /// <summary>A certificate that was signed before the inventory began, or beside it.</summary>
    public const string Imported = "imported";

    public const string Renewed = "renewed";

    public const string Revoked = "revoked";

    public const string ListPublished = "published";

    public const string TokenAdded = "token-added";

    public const string RequestRefused = "request-refused";

    /// <summary>Calls of the service that changed nothing, counted: no row stands for it.</summary>
    public const string Calls = "calls";
}
