using Postern.Qstp.Certificates;

namespace Postern.Authority.Records;

/// <summary>A serial that is not to be trusted any more, in all of its generations.</summary>
/// <param name="Serial">The serial.</param>
/// <param name="Reason">Why.</param>
/// <param name="RevokedAt">When.</param>
/// <param name="RevokedBy">The account that ran the command.</param>
/// <param name="Entry">Number of the audit entry that recorded it.</param>
internal sealed record RevocationRecord(string Serial, RevocationReason Reason, DateTimeOffset RevokedAt, string RevokedBy, long Entry)
{
    /// <summary>What a revocation list says of it.</summary>
    public RevocationEntry ToEntry() => new(Serial, RevokedAt, Reason);
}
