using Microsoft.Data.Sqlite;
using Postern.Authority.Audit;
using Postern.Authority.Records;

namespace Postern.Authority.Storage;

/// <summary>A transaction of <see cref="SqliteInventoryStore"/>.</summary>
internal sealed class SqliteInventoryTransaction(string name, SqliteSession session, SqliteTransaction transaction) : IInventoryTransaction
{
    private const string Entries = "SELECT number, time, actor, action, subject, details, previous, hash, signer, signature FROM audit";
    private const string Roots = "SELECT serial, entry, certificate FROM roots";
    private const string Requests = "SELECT serial, valid_from, valid_to, hash FROM requests";
    private const string Revocations = "SELECT serial, reason, revoked_at, revoked_by, entry FROM revocations";

    private const string Certificates =
        "SELECT serial, generation, root, name, suite, valid_from, valid_to, issued_at, issued_by, replaced_by, entry, certificate FROM certificates";

    public AuditHead ReadHead() =>
        session.Read("SELECT number, hash FROM audit_head", reader => new AuditHead(reader.GetInt64(0), (byte[])reader.GetValue(1))).FirstOrDefault()
        ?? throw new InventoryException(InventoryError.Damaged, $"{name} is damaged: the audit log has no head.");

    public AuditEntry? ReadLastEntry() => session.Read($"{Entries} ORDER BY number DESC LIMIT 1", SqliteRows.Entry).FirstOrDefault();

    public IEnumerable<AuditEntry> ReadEntries() => session.Read($"{Entries} ORDER BY number", SqliteRows.Entry);

    public RootRecord? FindRoot(string serial) =>
        session.Read($"{Roots} WHERE serial = $serial", SqliteRows.Root, ("$serial", serial)).FirstOrDefault();

    public IEnumerable<RootRecord> ReadRoots() => session.Read($"{Roots} ORDER BY entry", SqliteRows.Root);

    public RequestRecord? FindRequest(string serial) =>
        session.Read($"{Requests} WHERE serial = $serial", SqliteRows.Request, ("$serial", serial)).FirstOrDefault();

    public IEnumerable<RequestRecord> ReadRequests() => session.Read($"{Requests} ORDER BY serial", SqliteRows.Request);

    public CertificateRecord? FindCertificate(string serial) => session.Read(
        $"{Certificates} WHERE serial = $serial ORDER BY generation DESC LIMIT 1", SqliteRows.Certificate, ("$serial", serial)).FirstOrDefault();

    public IEnumerable<CertificateRecord> ReadCertificates() => session.Read($"{Certificates} ORDER BY serial, generation", SqliteRows.Certificate);

    public IReadOnlyList<CertificateSummary> List(CertificateQuery query) =>
    [
        .. session.Read(
            """
            SELECT c.serial, c.generation, c.name, c.suite, c.valid_from, c.valid_to, c.issued_at, c.issued_by, c.replaced_by, r.revoked_at, r.reason
            FROM certificates c LEFT JOIN revocations r ON r.serial = c.serial
            WHERE ($replaced OR c.replaced_by IS NULL)
                AND ($text IS NULL OR instr(lower(c.name), $text) > 0 OR instr(lower(c.serial), $text) > 0)
                AND (NOT $revoked OR r.serial IS NOT NULL)
                AND ($from IS NULL OR (r.serial IS NULL AND c.valid_to BETWEEN $from AND $to))
            ORDER BY c.entry
            """,
            SqliteRows.Summary,
            ("$replaced", query.WithReplaced),
            ("$text", query.Text?.ToLowerInvariant()),
            ("$revoked", query.IsRevoked),
            ("$from", query.Ending?.From.ToUnixTimeSeconds()),
            ("$to", query.Ending?.To.ToUnixTimeSeconds())),
    ];

    public RevocationRecord? FindRevocation(string serial) =>
        session.Read($"{Revocations} WHERE serial = $serial", SqliteRows.Revocation, ("$serial", serial)).FirstOrDefault();

    public IEnumerable<RevocationRecord> ReadRevocations() => session.Read($"{Revocations} ORDER BY entry", SqliteRows.Revocation);

    public IEnumerable<RevocationListRecord> ReadLists() => session.Read(
        "SELECT number, issued_at, next_update, entries, digest, published_by, entry FROM revocation_lists ORDER BY number", SqliteRows.List);

    public long ReadLastListNumber() => session.ReadNumber("SELECT COALESCE(MAX(number), 0) FROM revocation_lists");

    public void Append(AuditEntry entry)
    {
        session.Execute(
            "INSERT INTO audit VALUES ($number, $time, $actor, $action, $subject, $details, $previous, $hash, $signer, $signature)",
            ("$number", entry.Number),
            ("$time", entry.Time.ToUnixTimeSeconds()),
            ("$actor", entry.Actor),
            ("$action", entry.Action),
            ("$subject", entry.Subject),
            ("$details", entry.Details),
            ("$previous", entry.Previous.ToArray()),
            ("$hash", entry.Hash.ToArray()),
            ("$signer", entry.Signer),
            ("$signature", entry.Signature?.ToArray()));
        session.Execute("UPDATE audit_head SET number = $number, hash = $hash", ("$number", entry.Number), ("$hash", entry.Hash.ToArray()));
    }

    public void Add(RootRecord root) => session.Execute(
        "INSERT INTO roots VALUES ($serial, $entry, $certificate)",
        ("$serial", root.Serial), ("$entry", root.Entry), ("$certificate", root.Certificate.ToArray()));

    public void Add(RequestRecord request) => session.Execute(
        "INSERT INTO requests VALUES ($serial, $from, $to, $hash)",
        ("$serial", request.Serial),
        ("$from", request.ValidFrom.ToUnixTimeSeconds()),
        ("$to", request.ValidTo.ToUnixTimeSeconds()),
        ("$hash", request.Hash.ToArray()));

    public void Add(CertificateRecord certificate)
    {
        session.Execute(
            "INSERT INTO certificates VALUES ($serial, $generation, $root, $name, $suite, $from, $to, $at, $by, NULL, $entry, $certificate)",
            ("$serial", certificate.Serial),
            ("$generation", certificate.Generation),
            ("$root", certificate.RootSerial),
            ("$name", certificate.Name),
            ("$suite", certificate.SuiteId),
            ("$from", certificate.ValidFrom.ToUnixTimeSeconds()),
            ("$to", certificate.ValidTo.ToUnixTimeSeconds()),
            ("$at", certificate.IssuedAt.ToUnixTimeSeconds()),
            ("$by", certificate.IssuedBy),
            ("$entry", certificate.Entry),
            ("$certificate", certificate.Certificate.ToArray()));
        session.Execute(
            "UPDATE certificates SET replaced_by = $generation WHERE serial = $serial AND generation = $generation - 1",
            ("$serial", certificate.Serial), ("$generation", certificate.Generation));
    }

    public void Add(RevocationRecord revocation) => session.Execute(
        "INSERT INTO revocations VALUES ($serial, $reason, $at, $by, $entry)",
        ("$serial", revocation.Serial),
        ("$reason", RecordText.Of(revocation.Reason)),
        ("$at", revocation.RevokedAt.ToUnixTimeSeconds()),
        ("$by", revocation.RevokedBy),
        ("$entry", revocation.Entry));

    public void Add(RevocationListRecord list) => session.Execute(
        "INSERT INTO revocation_lists VALUES ($number, $at, $next, $entries, $digest, $by, $entry)",
        ("$number", list.Number),
        ("$at", list.IssuedAt.ToUnixTimeSeconds()),
        ("$next", list.NextUpdate.ToUnixTimeSeconds()),
        ("$entries", list.Count),
        ("$digest", list.Digest),
        ("$by", list.PublishedBy),
        ("$entry", list.Entry));

    public void Commit() => SqliteErrors.Translate(name, transaction.Commit);

    public void Dispose() => transaction.Dispose();
}
