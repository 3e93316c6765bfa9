using System.Data.Common;
using Postern.Authority.Audit;
using Postern.Authority.Records;

namespace Postern.Authority.Storage;

/// <summary>A transaction of any store: its statements are in the SQL that all of them have.</summary>
internal sealed class InventoryTransaction(SqlSession session, DbTransaction transaction) : IInventoryTransaction
{
    private const string Entries = "SELECT number, time, actor, action, subject, details, previous, hash, signer, signature FROM audit";
    private const string Roots = "SELECT serial, entry, certificate FROM roots";
    private const string Requests = "SELECT serial, valid_from, valid_to, hash FROM requests";
    private const string Revocations = "SELECT serial, reason, revoked_at, revoked_by, entry FROM revocations";

    private const string Certificates =
        "SELECT serial, generation, root, name, suite, valid_from, valid_to, issued_at, issued_by, replaced_by, entry, certificate FROM certificates";

    private const string Tokens = "SELECT id, kind, pattern, days, uses, expires_at, created_at, created_by, entry, hash FROM tokens";

    private const string Submissions =
        "SELECT id, serial, name, origin, submitted_at, state, decided_by, decided_at, entry, request FROM submissions";

    public InventoryPages Pages => new(session);

    public AuditHead ReadHead() =>
        session.Read("SELECT number, hash FROM audit_head", reader => new AuditHead(reader.GetInt64(0), (byte[])reader.GetValue(1))).FirstOrDefault()
        ?? throw new InventoryException(InventoryError.Damaged, $"{session.Name} is damaged: the audit log has no head.");

    public AuditEntry? ReadLastEntry() => session.Read($"{Entries} ORDER BY number DESC LIMIT 1", InventoryRows.Entry).FirstOrDefault();

    public AuditEntry? FindEntry(long number) =>
        session.Read($"{Entries} WHERE number = @number", InventoryRows.Entry, ("@number", number)).FirstOrDefault();

    public IEnumerable<AuditEntry> ReadEntries() => session.Read($"{Entries} ORDER BY number", InventoryRows.Entry);

    public RootRecord? FindRoot(string serial) =>
        session.Read($"{Roots} WHERE serial = @serial", InventoryRows.Root, ("@serial", serial)).FirstOrDefault();

    public IEnumerable<RootRecord> ReadRoots() => session.Read($"{Roots} ORDER BY entry", InventoryRows.Root);

    public RequestRecord? FindRequest(string serial) =>
        session.Read($"{Requests} WHERE serial = @serial", InventoryRows.Request, ("@serial", serial)).FirstOrDefault();

    public IEnumerable<RequestRecord> ReadRequests() => session.Read($"{Requests} ORDER BY serial", InventoryRows.Request);

    public CertificateRecord? FindCertificate(string serial) => session.Read(
        $"{Certificates} WHERE serial = @serial ORDER BY generation DESC LIMIT 1", InventoryRows.Certificate, ("@serial", serial)).FirstOrDefault();

    public IEnumerable<CertificateRecord> ReadCertificates() => session.Read($"{Certificates} ORDER BY serial, generation", InventoryRows.Certificate);

    public IReadOnlyList<CertificateSummary> List(CertificateQuery query) =>
    [
        .. session.Read(
            """
            SELECT c.serial, c.generation, c.name, c.suite, c.valid_from, c.valid_to, c.issued_at, c.issued_by, c.replaced_by, r.revoked_at, r.reason
            FROM certificates c LEFT JOIN revocations r ON r.serial = c.serial
            WHERE (@replaced OR c.replaced_by IS NULL)
                AND (CAST(@pattern AS TEXT) IS NULL OR lower(c.name) LIKE @pattern ESCAPE '!' OR lower(c.serial) LIKE @pattern ESCAPE '!')
                AND (NOT @revoked OR r.serial IS NOT NULL)
                AND (CAST(@from AS BIGINT) IS NULL OR (r.serial IS NULL AND c.valid_to BETWEEN @from AND @to))
            ORDER BY c.entry
            """,
            InventoryRows.Summary,
            ("@replaced", query.WithReplaced),
            ("@pattern", Pattern(query.Text)),
            ("@revoked", query.IsRevoked),
            ("@from", query.Ending?.From.ToUnixTimeSeconds()),
            ("@to", query.Ending?.To.ToUnixTimeSeconds())),
    ];

    public RevocationRecord? FindRevocation(string serial) =>
        session.Read($"{Revocations} WHERE serial = @serial", InventoryRows.Revocation, ("@serial", serial)).FirstOrDefault();

    public IEnumerable<RevocationRecord> ReadRevocations() => session.Read($"{Revocations} ORDER BY entry", InventoryRows.Revocation);

    public IEnumerable<RevocationListRecord> ReadLists() => session.Read(
        "SELECT number, issued_at, next_update, entries, digest, published_by, entry FROM revocation_lists ORDER BY number", InventoryRows.List);

    public TokenRecord? FindToken(string id) => session.Read($"{Tokens} WHERE id = @id", InventoryRows.Token, ("@id", id)).FirstOrDefault();

    public IEnumerable<TokenRecord> ReadTokens() => session.Read($"{Tokens} ORDER BY entry", InventoryRows.Token);

    public long CountIssuedBy(string actor) => session.Read(
        "SELECT COUNT(*) FROM certificates WHERE generation = 1 AND issued_by = @actor", row => row.GetInt64(0), ("@actor", actor)).First();

    public SubmissionRecord? FindSubmission(string id) =>
        session.Read($"{Submissions} WHERE id = @id", InventoryRows.Submission, ("@id", id)).FirstOrDefault();

    public IEnumerable<SubmissionRecord> ReadSubmissions() => session.Read($"{Submissions} ORDER BY submitted_at, id", InventoryRows.Submission);

    public bool IsSubmitted(string serial) =>
        session.Read("SELECT 1 FROM submissions WHERE serial = @serial", _ => true, ("@serial", serial)).FirstOrDefault();

    public long CountWaitingSubmissions() => session.ReadNumber("SELECT COUNT(*) FROM submissions WHERE state = 'submitted'");

    public IReadOnlyList<string> ListWaitingOrigins() => [.. session.Read("SELECT origin FROM submissions WHERE state = 'submitted'", row => row.GetString(0))];

    public void Append(AuditEntry entry)
    {
        session.Execute(
            "INSERT INTO audit VALUES (@number, @time, @actor, @action, @subject, @details, @previous, @hash, @signer, @signature)",
            ("@number", entry.Number),
            ("@time", entry.Time.ToUnixTimeSeconds()),
            ("@actor", entry.Actor),
            ("@action", entry.Action),
            ("@subject", entry.Subject),
            ("@details", entry.Details),
            ("@previous", entry.Previous.ToArray()),
            ("@hash", entry.Hash.ToArray()),
            ("@signer", entry.Signer),
            ("@signature", entry.Signature?.ToArray()));
        session.Execute("UPDATE audit_head SET number = @number, hash = @hash", ("@number", entry.Number), ("@hash", entry.Hash.ToArray()));
    }

    public void Add(RootRecord root) => session.Execute(
        "INSERT INTO roots VALUES (@serial, @entry, @certificate)",
        ("@serial", root.Serial), ("@entry", root.Entry), ("@certificate", root.Certificate.ToArray()));

    public void Add(RequestRecord request) => session.Execute(
        "INSERT INTO requests VALUES (@serial, @from, @to, @hash)",
        ("@serial", request.Serial),
        ("@from", request.ValidFrom.ToUnixTimeSeconds()),
        ("@to", request.ValidTo.ToUnixTimeSeconds()),
        ("@hash", request.Hash.ToArray()));

    public void Add(CertificateRecord certificate)
    {
        session.Execute(
            "INSERT INTO certificates VALUES (@serial, @generation, @root, @name, @suite, @from, @to, @at, @by, NULL, @entry, @certificate)",
            ("@serial", certificate.Serial),
            ("@generation", certificate.Generation),
            ("@root", certificate.RootSerial),
            ("@name", certificate.Name),
            ("@suite", certificate.SuiteId),
            ("@from", certificate.ValidFrom.ToUnixTimeSeconds()),
            ("@to", certificate.ValidTo.ToUnixTimeSeconds()),
            ("@at", certificate.IssuedAt.ToUnixTimeSeconds()),
            ("@by", certificate.IssuedBy),
            ("@entry", certificate.Entry),
            ("@certificate", certificate.Certificate.ToArray()));
        session.Execute(
            "UPDATE certificates SET replaced_by = @generation WHERE serial = @serial AND generation = @generation - 1",
            ("@serial", certificate.Serial), ("@generation", certificate.Generation));
    }

    public void Add(RevocationRecord revocation) => session.Execute(
        "INSERT INTO revocations VALUES (@serial, @reason, @at, @by, @entry)",
        ("@serial", revocation.Serial),
        ("@reason", RecordText.Of(revocation.Reason)),
        ("@at", revocation.RevokedAt.ToUnixTimeSeconds()),
        ("@by", revocation.RevokedBy),
        ("@entry", revocation.Entry));

    public void Add(RevocationListRecord list) => session.Execute(
        "INSERT INTO revocation_lists VALUES (@number, @at, @next, @entries, @digest, @by, @entry)",
        ("@number", list.Number),
        ("@at", list.IssuedAt.ToUnixTimeSeconds()),
        ("@next", list.NextUpdate.ToUnixTimeSeconds()),
        ("@entries", list.Count),
        ("@digest", list.Digest),
        ("@by", list.PublishedBy),
        ("@entry", list.Entry));

    public void Add(TokenRecord token) => session.Execute(
        "INSERT INTO tokens VALUES (@id, @kind, @pattern, @days, @uses, @expires, @at, @by, @entry, @hash)",
        ("@id", token.Id),
        ("@kind", TokenRecord.TextOf(token.Kind)),
        ("@pattern", token.Pattern),
        ("@days", token.Days),
        ("@uses", token.Uses),
        ("@expires", token.ExpiresAt.ToUnixTimeSeconds()),
        ("@at", token.CreatedAt.ToUnixTimeSeconds()),
        ("@by", token.CreatedBy),
        ("@entry", token.Entry),
        ("@hash", token.Hash.ToArray()));

    public void Add(SubmissionRecord submission) => session.Execute(
        "INSERT INTO submissions VALUES (@id, @serial, @name, @origin, @at, @state, @decidedBy, @decidedAt, @entry, @request)",
        ("@id", submission.Id),
        ("@serial", submission.Serial),
        ("@name", submission.Name),
        ("@origin", submission.Origin),
        ("@at", submission.SubmittedAt.ToUnixTimeSeconds()),
        ("@state", SubmissionRecord.TextOf(submission.State)),
        ("@decidedBy", submission.DecidedBy),
        ("@decidedAt", submission.DecidedAt?.ToUnixTimeSeconds()),
        ("@entry", submission.Entry),
        ("@request", submission.Request.ToArray()));

    public void Decide(SubmissionRecord submission) => session.Execute(
        "UPDATE submissions SET state = @state, decided_by = @by, decided_at = @at, entry = @entry WHERE id = @id",
        ("@id", submission.Id),
        ("@state", SubmissionRecord.TextOf(submission.State)),
        ("@by", submission.DecidedBy),
        ("@at", submission.DecidedAt?.ToUnixTimeSeconds()),
        ("@entry", submission.Entry));

    public void ForgetSubmissionsBefore(DateTimeOffset time) => session.Execute(
        "DELETE FROM submissions WHERE state = 'submitted' AND submitted_at < @time", ("@time", time.ToUnixTimeSeconds()));

    public void Commit() => session.Attempt(transaction.Commit);

    public void Dispose() => transaction.Dispose();

    // Whatever has the text in it; '!' makes a sign of LIKE's its own.
    internal static string? Pattern(string? text) => text is null
        ? null
        : $"%{text.ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal)}%";
}
