namespace Postern.Authority.Audit;

/// <summary>What an audit entry says was done. The words are hashed: none may ever change.</summary>
internal static class AuditAction
{
    public const string RootAdded = "root-added";

    public const string Issued = "issued";

    public const string Renewed = "renewed";

    public const string Revoked = "revoked";

    public const string ListPublished = "published";
}
