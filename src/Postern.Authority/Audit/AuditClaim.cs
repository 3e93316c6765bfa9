using Postern.Authority.Records;

namespace Postern.Authority.Audit;

/// <summary>What the log must say for a row of a table to be true.</summary>
/// <param name="What">The row, for messages.</param>
/// <param name="Entry">Number of the entry that the row names.</param>
/// <param name="Action">The entry's action.</param>
/// <param name="Subject">The entry's subject.</param>
/// <param name="Details">The entry's details, computed from the row.</param>
/// <param name="Time">The entry's time; null if the row does not repeat it.</param>
/// <param name="Actor">The entry's actor; null if the row does not repeat it.</param>
/// <param name="Signer">The root that must have signed the entry; null for any that is trusted.</param>
internal sealed record AuditClaim(
    string What, long Entry, string Action, string Subject, string Details, DateTimeOffset? Time, string? Actor, string? Signer)
{
    public static AuditClaim Of(TokenRecord record) => new(
        $"Token {record.Id}", record.Entry, AuditAction.TokenAdded, record.Id, AuditDetails.Of(record), record.CreatedAt, record.CreatedBy, Signer: null);

    public static AuditClaim Of(RevocationRecord record, string? signer) => new(
        $"Revocation of {record.Serial}",
        record.Entry,
        AuditAction.Revoked,
        record.Serial,
        AuditDetails.Of(record),
        record.RevokedAt,
        record.RevokedBy,
        signer);

    public static AuditClaim Of(RevocationListRecord record, string rootSerial) => new(
        $"Revocation list {record.Number}",
        record.Entry,
        AuditAction.ListPublished,
        rootSerial,
        AuditDetails.Of(record),
        record.IssuedAt,
        record.PublishedBy,
        rootSerial);

    public bool IsBorneOutBy(AuditEntry entry) =>
        entry.Action == Action
        && entry.Subject == Subject
        && entry.Details == Details
        && (Time is null || entry.Time == Time)
        && (Actor is null || entry.Actor == Actor)
        && (Signer is null || entry.Signer == Signer);
}
