namespace Postern.Authority.Records;

/// <summary>Which certificates to list; what is null or false does not matter.</summary>
internal sealed record CertificateQuery
{
    /// <summary>Part of the name or of the serial, in either case.</summary>
    public string? Text { get; init; }

    /// <summary>Only those whose serial was revoked.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>Those that a renewal replaced too.</summary>
    public bool WithReplaced { get; init; }

    /// <summary>Only those that end in this span, its bounds included, and were not revoked.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Ending { get; init; }
}
