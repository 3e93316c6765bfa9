using Postern.Authority.Audit;
using Postern.Authority.Records;

namespace Postern.Authority.Storage;

/// <summary>All that is read and written at once. Without <see cref="Commit"/> nothing was written.</summary>
internal interface IInventoryTransaction : IDisposable
{
    /// <summary>The log's head, as stored beside the log.</summary>
    AuditHead ReadHead();

    /// <summary>The log's last entry, or null.</summary>
    AuditEntry? ReadLastEntry();

    /// <summary>The log, in the order of its numbers.</summary>
    IEnumerable<AuditEntry> ReadEntries();

    /// <summary>An entry by its number, or null.</summary>
    AuditEntry? FindEntry(long number) => ReadEntries().FirstOrDefault(entry => entry.Number == number);

    RootRecord? FindRoot(string serial);

    IEnumerable<RootRecord> ReadRoots();

    RequestRecord? FindRequest(string serial);

    IEnumerable<RequestRecord> ReadRequests();

    /// <summary>The newest certificate of a serial, or null.</summary>
    CertificateRecord? FindCertificate(string serial);

    /// <summary>All certificates, by serial and generation.</summary>
    IEnumerable<CertificateRecord> ReadCertificates();

    /// <summary>Those that match, in the order they were issued in.</summary>
    IReadOnlyList<CertificateSummary> List(CertificateQuery query);

    RevocationRecord? FindRevocation(string serial);

    IEnumerable<RevocationRecord> ReadRevocations();

    /// <summary>The published revocation lists, by number.</summary>
    IEnumerable<RevocationListRecord> ReadLists();

    /// <summary>The number of the newest revocation list; 0 before the first.</summary>
    long ReadLastListNumber();

    /// <summary>Adds the next entry to the log and makes it the head. Comes before what the entry stands for.</summary>
    void Append(AuditEntry entry);

    void Add(RootRecord root);

    void Add(RequestRecord request);

    /// <summary>Adds a certificate; one of the generation before it is replaced by it.</summary>
    void Add(CertificateRecord certificate);

    void Add(RevocationRecord revocation);

    void Add(RevocationListRecord list);

    /// <summary>Makes everything durable.</summary>
    void Commit();
}
