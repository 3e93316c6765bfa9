using Postern.Qstp.Certificates;

namespace Postern.Authority.Records;

/// <summary>A certificate as a list shows it, without its bytes.</summary>
internal sealed record CertificateSummary
{
    public required string Serial { get; init; }

    public required int Generation { get; init; }

    public required string Name { get; init; }

    public required int SuiteId { get; init; }

    public required DateTimeOffset ValidFrom { get; init; }

    public required DateTimeOffset ValidTo { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required string IssuedBy { get; init; }

    public int? ReplacedBy { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public RevocationReason? Reason { get; init; }

    /// <summary>The first that holds of: revoked, replaced, not yet valid, expired, valid.</summary>
    public string StateAt(DateTimeOffset now)
    {
        if (RevokedAt is not null) return "revoked";
        if (ReplacedBy is not null) return "replaced";
        if (now < ValidFrom) return "not yet valid";
        return now - ValidTo >= TimeSpan.FromSeconds(1) ? "expired" : "valid";
    }
}
