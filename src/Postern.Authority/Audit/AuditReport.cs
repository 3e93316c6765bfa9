namespace Postern.Authority.Audit;

/// <summary>What the verification of an inventory and its log found.</summary>
/// <param name="Head">The log's head.</param>
/// <param name="Certificates">How many certificates are recorded.</param>
/// <param name="Findings">What is wrong; empty if nothing is.</param>
internal sealed record AuditReport(AuditHead Head, int Certificates, IReadOnlyList<string> Findings);
