using System.Data.Common;
using Postern.Authority.Audit;
using Postern.Authority.Records;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Storage;

/// <summary>Rows as records, by the columns' order in <see cref="InventoryTransaction"/>.</summary>
internal static class InventoryRows
{
    public static AuditEntry Entry(DbDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Time = Time(row, 1),
        Actor = row.GetString(2),
        Action = row.GetString(3),
        Subject = row.GetString(4),
        Details = row.GetString(5),
        Previous = Bytes(row, 6),
        Hash = Bytes(row, 7),
        Signer = row.IsDBNull(8) ? null : row.GetString(8),
        Signature = row.IsDBNull(9) ? null : (ReadOnlyMemory<byte>?)Bytes(row, 9),
    };

    public static RootRecord Root(DbDataReader row) => new(row.GetString(0), Bytes(row, 2), row.GetInt64(1));

    public static RequestRecord Request(DbDataReader row) => new(row.GetString(0), Time(row, 1), Time(row, 2), Bytes(row, 3));

    public static CertificateRecord Certificate(DbDataReader row) => new()
    {
        Serial = row.GetString(0),
        Generation = row.GetInt32(1),
        RootSerial = row.GetString(2),
        Name = row.GetString(3),
        SuiteId = row.GetInt32(4),
        ValidFrom = Time(row, 5),
        ValidTo = Time(row, 6),
        IssuedAt = Time(row, 7),
        IssuedBy = row.GetString(8),
        ReplacedBy = row.IsDBNull(9) ? null : row.GetInt32(9),
        Entry = row.GetInt64(10),
        Certificate = Bytes(row, 11),
    };

    public static RevocationRecord Revocation(DbDataReader row) =>
        new(row.GetString(0), Reason(row, 1), Time(row, 2), row.GetString(3), row.GetInt64(4));

    public static RevocationListRecord List(DbDataReader row) =>
        new(row.GetInt64(0), Time(row, 1), Time(row, 2), row.GetInt32(3), row.GetString(4), row.GetString(5), row.GetInt64(6));

    public static CertificateSummary Summary(DbDataReader row) => new()
    {
        Serial = row.GetString(0),
        Generation = row.GetInt32(1),
        Name = row.GetString(2),
        SuiteId = row.GetInt32(3),
        ValidFrom = Time(row, 4),
        ValidTo = Time(row, 5),
        IssuedAt = Time(row, 6),
        IssuedBy = row.GetString(7),
        ReplacedBy = row.IsDBNull(8) ? null : row.GetInt32(8),
        RevokedAt = row.IsDBNull(9) ? null : Time(row, 9),
        Reason = row.IsDBNull(10) ? null : Reason(row, 10),
    };

    public static TokenRecord Token(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Kind = TokenRecord.ParseKind(row.GetString(1)) ?? throw Damaged($"'{row.GetString(1)}' is no kind of token"),
        Pattern = row.GetString(2),
        Days = row.IsDBNull(3) ? null : row.GetInt32(3),
        Uses = row.GetInt32(4),
        ExpiresAt = Time(row, 5),
        CreatedAt = Time(row, 6),
        CreatedBy = row.GetString(7),
        Entry = row.GetInt64(8),
        Hash = Bytes(row, 9),
    };

    public static SubmissionRecord Submission(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Serial = row.GetString(1),
        Name = row.GetString(2),
        Origin = row.GetString(3),
        SubmittedAt = Time(row, 4),
        State = SubmissionRecord.ParseState(row.GetString(5)) ?? throw Damaged($"'{row.GetString(5)}' is no state of a request"),
        DecidedBy = row.IsDBNull(6) ? null : row.GetString(6),
        DecidedAt = row.IsDBNull(7) ? null : Time(row, 7),
        Entry = row.IsDBNull(8) ? null : row.GetInt64(8),
        Request = Bytes(row, 9),
    };

    private static byte[] Bytes(DbDataReader row, int column) => (byte[])row.GetValue(column);

    private static RevocationReason Reason(DbDataReader row, int column) =>
        RecordText.ParseReason(row.GetString(column)) ?? throw Damaged($"'{row.GetString(column)}' is no reason");

    private static DateTimeOffset Time(DbDataReader row, int column)
    {
        long seconds = row.GetInt64(column);
        return seconds is >= 0 and <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Damaged($"{seconds} is no time");
    }

    private static InventoryException Damaged(string what) => new(InventoryError.Damaged, $"The inventory is damaged: {what}.");
}
