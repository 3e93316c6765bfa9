using Postern.Cryptography;

namespace Postern.Authority.Audit;

/// <summary>One change, and the hash that ties it to all changes before it.</summary>
internal sealed record AuditEntry
{
    public const int HashSize = Sha3.DigestSize256;

    private const string Context = "Postern audit entry v1";

    /// <summary>1 for the first; no number is left out.</summary>
    public required long Number { get; init; }

    /// <summary>When, in whole seconds.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The account that ran the command.</summary>
    public required string Actor { get; init; }

    /// <summary>One of <see cref="AuditAction"/>.</summary>
    public required string Action { get; init; }

    /// <summary>The serial that it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>Lines of "name: value", each with a line feed behind it.</summary>
    public required string Details { get; init; }

    /// <summary>The hash of the entry before it; zeros in the first.</summary>
    public required ReadOnlyMemory<byte> Previous { get; init; }

    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>The serial of the root whose key signed the log up to here; null if no key was at hand.</summary>
    public string? Signer { get; init; }

    /// <summary>The signature over the head that this entry made.</summary>
    public ReadOnlyMemory<byte>? Signature { get; init; }

    public AuditHead Head => new(Number, Hash);

    /// <summary>The entry that follows <paramref name="head"/>, not signed yet.</summary>
    public static AuditEntry After(AuditHead head, DateTimeOffset time, string actor, string action, string subject, string details)
    {
        AuditEntry entry = new()
        {
            Number = head.Number + 1,
            Time = time,
            Actor = actor,
            Action = action,
            Subject = subject,
            Details = details,
            Previous = head.Hash,
            Hash = ReadOnlyMemory<byte>.Empty,
        };
        return entry with { Hash = entry.ComputeHash() };
    }

    /// <summary>SHA3-256 over context, number, time, actor, action, subject, details and the previous hash. (docs/authority.md)</summary>
    public byte[] ComputeHash() => new AuditEncoding()
        .Text(Context)
        .Number(Number)
        .Number(Time.ToUnixTimeSeconds())
        .Text(Actor)
        .Text(Action)
        .Text(Subject)
        .Text(Details)
        .Bytes(Previous.Span)
        .ToHash();
}
