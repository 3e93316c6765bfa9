using Postern.Authority.Audit;
using Postern.Authority.Records;

namespace Postern.Authority.Storage;

/// <summary>What pages show: as many rows as fit, from any place of a long table, and sums that the database makes.</summary>
internal sealed class InventoryPages(SqlSession session)
{
    private const string Certificates =
        """
        SELECT c.serial, c.generation, c.name, c.suite, c.valid_from, c.valid_to, c.issued_at, c.issued_by, c.replaced_by, r.revoked_at, r.reason, c.entry
        FROM certificates c LEFT JOIN revocations r ON r.serial = c.serial
        """;

    private const string Usable = "c.replaced_by IS NULL AND r.serial IS NULL AND c.valid_from <= @now AND c.valid_to >= @now";

    private const string Entries = "SELECT number, time, actor, action, subject, details, previous, hash, signer, signature FROM audit";

    private const string Submissions =
        "SELECT id, serial, name, origin, submitted_at, state, decided_by, decided_at, entry, request FROM submissions";

    /// <summary>A page of certificates, the newest first.</summary>
    public IReadOnlyList<CertificateRow> List(CertificatePageQuery query)
    {
        List<CertificateRow> rows =
        [
            .. session.Read(
                $"""
                {Certificates}
                WHERE {ConditionOf(query.Filter)} AND c.issued_at >= @since AND c.entry < @before AND c.entry > @after
                    AND (CAST(@pattern AS TEXT) IS NULL OR lower(c.name) LIKE @pattern ESCAPE '!' OR lower(c.serial) LIKE @pattern ESCAPE '!')
                ORDER BY c.entry {(query.After is null ? "DESC" : "ASC")} LIMIT @limit
                """,
                row => new CertificateRow(row.GetInt64(11), InventoryRows.Summary(row)),
                ("@since", query.IssuedSince.ToUnixTimeSeconds()),
                ("@before", query.Before),
                ("@after", query.After ?? 0),
                ("@now", query.Now.ToUnixTimeSeconds()),
                ("@soon", (query.Now + CertificatePageQuery.Soon).ToUnixTimeSeconds()),
                ("@pattern", InventoryTransaction.Pattern(query.Text)),
                ("@limit", (long)query.Limit)),
        ];
        if (query.After is not null) rows.Reverse();
        return rows;
    }

    /// <summary>All generations of a serial, the oldest first.</summary>
    public IReadOnlyList<CertificateRow> ListGenerations(string serial) =>
    [
        .. session.Read(
            $"{Certificates} WHERE c.serial = @serial ORDER BY c.generation",
            row => new CertificateRow(row.GetInt64(11), InventoryRows.Summary(row)),
            ("@serial", serial)),
    ];

    public CertificateCounts Count(DateTimeOffset now) => session.Read(
        $"""
        SELECT COUNT(CASE WHEN {Usable} THEN 1 END), COUNT(CASE WHEN {Usable} AND c.valid_to < @soon THEN 1 END),
            COUNT(CASE WHEN r.serial IS NULL AND c.valid_to < @now THEN 1 END), COUNT(r.serial)
        FROM certificates c LEFT JOIN revocations r ON r.serial = c.serial WHERE c.replaced_by IS NULL
        """,
        row => new CertificateCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
        ("@now", now.ToUnixTimeSeconds()),
        ("@soon", (now + CertificatePageQuery.Soon).ToUnixTimeSeconds())).First();

    /// <summary>How many of the certificates that may be used now end in each span from now on; the last one counts all that end later.</summary>
    public long[] CountEnds(DateTimeOffset now, TimeSpan span, int spans)
    {
        long[] counts = new long[spans + 1];
        IEnumerable<(long Span, long Count)> found = session.Read(
            $"""
            SELECT (c.valid_to - @now) / @span AS part, COUNT(*) FROM certificates c LEFT JOIN revocations r ON r.serial = c.serial
            WHERE {Usable} GROUP BY 1
            """,
            row => (row.GetInt64(0), row.GetInt64(1)),
            ("@now", now.ToUnixTimeSeconds()),
            ("@span", (long)span.TotalSeconds));
        foreach ((long part, long count) in found) counts[Math.Min(part, spans)] += count;
        return counts;
    }

    /// <summary>A page of the log, the newest entry first.</summary>
    public IReadOnlyList<AuditEntry> ListEntries(long before, int limit) =>
    [
        .. session.Read(
            $"{Entries} WHERE number < @before ORDER BY number DESC LIMIT @limit", InventoryRows.Entry, ("@before", before), ("@limit", (long)limit)),
    ];

    /// <summary>The requests that wait, the oldest first.</summary>
    public IReadOnlyList<SubmissionRecord> ListWaiting() =>
        [.. session.Read($"{Submissions} WHERE state = 'submitted' ORDER BY submitted_at, id", InventoryRows.Submission)];

    /// <summary>The requests that were decided last, the newest decision first.</summary>
    public IReadOnlyList<SubmissionRecord> ListDecided(int limit) =>
    [
        .. session.Read(
            $"{Submissions} WHERE state <> 'submitted' ORDER BY entry DESC LIMIT @limit", InventoryRows.Submission, ("@limit", (long)limit)),
    ];

    private static string ConditionOf(CertificateFilter filter) => filter switch
    {
        CertificateFilter.Valid => Usable,
        CertificateFilter.Expiring => $"{Usable} AND c.valid_to < @soon",
        CertificateFilter.Expired => "c.replaced_by IS NULL AND r.serial IS NULL AND c.valid_to < @now",
        CertificateFilter.Revoked => "c.replaced_by IS NULL AND r.serial IS NOT NULL",
        CertificateFilter.Replaced => "c.replaced_by IS NOT NULL",
        _ => "c.replaced_by IS NULL",
    };
}
