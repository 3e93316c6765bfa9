namespace Postern.Authority.Records;

/// <summary>A certificate on a page.</summary>
/// <param name="Entry">Number of the audit entry that recorded it: the pages' order.</param>
/// <param name="Certificate">The certificate.</param>
internal sealed record CertificateRow(long Entry, CertificateSummary Certificate);
