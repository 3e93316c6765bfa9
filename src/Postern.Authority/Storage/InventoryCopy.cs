using Postern.Authority.Audit;
using Postern.Authority.Records;

namespace Postern.Authority.Storage;

/// <summary>An inventory's rows as they are, log and signatures included, from one store into an empty one.</summary>
internal static class InventoryCopy
{
    public static void Run(IInventoryTransaction source, IInventoryTransaction target)
    {
        // In the order that their references ask for.
        foreach (AuditEntry entry in source.ReadEntries()) target.Append(entry);
        foreach (RootRecord root in source.ReadRoots()) target.Add(root);
        foreach (RequestRecord request in source.ReadRequests()) target.Add(request);
        foreach (CertificateRecord certificate in source.ReadCertificates()) target.Add(certificate);
        foreach (RevocationRecord revocation in source.ReadRevocations()) target.Add(revocation);
        foreach (RevocationListRecord list in source.ReadLists()) target.Add(list);
        foreach (TokenRecord token in source.ReadTokens()) target.Add(token);
        foreach (SubmissionRecord submission in source.ReadSubmissions()) target.Add(submission);
    }
}
