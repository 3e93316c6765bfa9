namespace Postern.Authority.Records;

/// <summary>How many serials there are, by the state of their newest certificate.</summary>
internal sealed record CertificateCounts(long Valid, long Expiring, long Expired, long Revoked);
