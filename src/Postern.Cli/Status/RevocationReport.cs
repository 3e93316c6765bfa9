using Postern.Cli.Commands;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Status;

/// <summary>The revocation list that a process goes by. Its properties are the JSON form.</summary>
internal sealed record RevocationReport
{
    public required string Source { get; init; }

    public required string RootSerial { get; init; }

    /// <summary>Null while there is no list.</summary>
    public long? Number { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    public double? AgeSeconds { get; init; }

    public DateTimeOffset? NextUpdate { get; init; }

    public required int Entries { get; init; }

    public required bool IsStale { get; init; }

    public DateTimeOffset? RefreshedAt { get; init; }

    public string? Failure { get; init; }

    public static RevocationReport Of(RevocationStatus status, DateTimeOffset now) => new()
    {
        Source = status.Source,
        RootSerial = status.RootSerialNumber,
        Number = status.Number,
        IssuedAt = status.IssuedAt,
        AgeSeconds = (now - status.IssuedAt)?.TotalSeconds,
        NextUpdate = status.NextUpdate,
        Entries = status.Count,
        IsStale = status.IsStale,
        RefreshedAt = status.RefreshedAt,
        Failure = status.Failure,
    };

    /// <summary>The same for people.</summary>
    public string ToLine()
    {
        string list = Number is { } number
            ? $"revocation list {number}, {DurationOption.Text(TimeSpan.FromSeconds(Math.Max(0, AgeSeconds ?? 0)))} old, {Entries} revoked, next update by {NextUpdate:u}"
            : "no revocation list";
        return $"{list}{(IsStale ? " (STALE)" : string.Empty)}, from {Source}{(Failure is null ? string.Empty : $"; the last refresh failed: {Failure}")}";
    }
}
