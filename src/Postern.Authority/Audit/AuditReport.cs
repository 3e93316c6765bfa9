namespace Postern.Authority.Audit;

/// <summary>What the verification of an inventory and its log found.</summary>
/// <param name="Head">The log's head.</param>
/// <param name="Certificates">How many certificates are recorded.</param>
/// <param name="Roots">The serials of the roots, in the order they were added in.</param>
/// <param name="Findings">What is wrong; empty if nothing is.</param>
internal sealed record AuditReport(AuditHead Head, int Certificates, IReadOnlyList<string> Roots, IReadOnlyList<string> Findings);
