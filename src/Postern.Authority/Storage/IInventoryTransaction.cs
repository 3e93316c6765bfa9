using Postern.Authority.Audit;
using Postern.Authority.Records;

namespace Postern.Authority.Storage;

/// <summary>All that is read and written at once. Without <see cref="Commit"/> nothing was written.</summary>
internal interface IInventoryTransaction : IDisposable
{
    /// <summary>The same in pages.</summary>
    InventoryPages Pages { get; }

    /// <summary>The log's head, as stored beside the log.</summary>
    AuditHead ReadHead();

    /// <summary>The log's last entry, or null.</summary>
    AuditEntry? ReadLastEntry();

    /// <summary>The log, in the order of its numbers.</summary>
    IEnumerable<AuditEntry> ReadEntries();

    /// <summary>An entry by its number, or null.</summary>
    AuditEntry? FindEntry(long number);

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

    TokenRecord? FindToken(string id);

    /// <summary>All tokens, in the order they were made in.</summary>
    IEnumerable<TokenRecord> ReadTokens();

    /// <summary>How many first certificates that actor issued.</summary>
    long CountIssuedBy(string actor);

    SubmissionRecord? FindSubmission(string id);

    /// <summary>All requests that were handed in without a token, the oldest first.</summary>
    IEnumerable<SubmissionRecord> ReadSubmissions();

    /// <summary>Tells whether a request with that serial was handed in.</summary>
    bool IsSubmitted(string serial);

    /// <summary>How many of them wait.</summary>
    long CountWaitingSubmissions();

    /// <summary>Where those that wait came from, once for each.</summary>
    IReadOnlyList<string> ListWaitingOrigins();

    /// <summary>Adds the next entry to the log and makes it the head. Comes before what the entry stands for.</summary>
    void Append(AuditEntry entry);

    void Add(RootRecord root);

    void Add(RequestRecord request);

    /// <summary>Adds a certificate; one of the generation before it is replaced by it.</summary>
    void Add(CertificateRecord certificate);

    void Add(RevocationRecord revocation);

    void Add(RevocationListRecord list);

    void Add(TokenRecord token);

    void Add(SubmissionRecord submission);

    /// <summary>Writes what was decided about a submission that waits.</summary>
    void Decide(SubmissionRecord submission);

    /// <summary>Forgets submissions that wait since before then.</summary>
    void ForgetSubmissionsBefore(DateTimeOffset time);

    /// <summary>Makes everything durable.</summary>
    void Commit();
}
