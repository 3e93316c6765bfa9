namespace Postern.Authority.Audit;

/// <summary>The last entry of the log: its number and its hash, which covers all before it.</summary>
/// <param name="Number">0 for a log without entries.</param>
/// <param name="Hash">32 bytes; zeros for a log without entries.</param>
internal sealed record AuditHead(long Number, ReadOnlyMemory<byte> Hash)
{
    /// <summary>Of a log without entries.</summary>
    public static AuditHead Empty { get; } = new(0, new byte[AuditEntry.HashSize]);

    public bool IsSameAs(AuditHead other) => Number == other.Number && Hash.Span.SequenceEqual(other.Hash.Span);
}
