namespace Postern.Qstp.Revocation;

/// <summary>What a monitor knows at a moment.</summary>
public sealed record RevocationStatus
{
    /// <summary>The root's serial.</summary>
    public required string RootSerialNumber { get; init; }

    /// <summary>Where the lists come from.</summary>
    public required string Source { get; init; }

    /// <summary>The list's number; null while there is none.</summary>
    public long? Number { get; init; }

    /// <summary>The list's date.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When the list is stale.</summary>
    public DateTimeOffset? NextUpdate { get; init; }

    /// <summary>How many serials are revoked.</summary>
    public int Count { get; init; }

    /// <summary>There is no list, or it is past its next update.</summary>
    public required bool IsStale { get; init; }

    /// <summary>When a refresh last succeeded, with a new list or the same; null if none has.</summary>
    public DateTimeOffset? RefreshedAt { get; init; }

    /// <summary>Why the last refresh failed; null if it did not.</summary>
    public string? Failure { get; init; }
}
