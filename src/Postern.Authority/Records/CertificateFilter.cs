namespace Postern.Authority.Records;

/// <summary>Which certificates a page shows.</summary>
internal enum CertificateFilter
{
    /// <summary>The newest of every serial.</summary>
    Newest,

    /// <summary>Those that may be used now.</summary>
    Valid,

    /// <summary>Those that may be used now, and end soon.</summary>
    Expiring,

    /// <summary>Those that have ended and were not revoked.</summary>
    Expired,

    /// <summary>The newest of every serial that was revoked.</summary>
    Revoked,

    /// <summary>Those that a renewal replaced.</summary>
    Replaced,
}
