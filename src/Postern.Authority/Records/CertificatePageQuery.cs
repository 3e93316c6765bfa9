namespace Postern.Authority.Records;

/// <summary>A page of certificates, the newest first.</summary>
internal sealed record CertificatePageQuery
{
    /// <summary>Those that end before now and this are expiring.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    /// <summary>Part of the name or of the serial, in either case; null for all.</summary>
    public string? Text { get; init; }

    public CertificateFilter Filter { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Only those that were issued since then.</summary>
    public DateTimeOffset IssuedSince { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Only those recorded before that entry of the log.</summary>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>Only those recorded after that entry of the log: then the page is the one next to it.</summary>
    public long? After { get; init; }

    /// <summary>How many.</summary>
    public required int Limit { get; init; }
}
