using Microsoft.Extensions.Logging;

namespace Postern.Qstp.Revocation;

/// <summary>Events of revocation monitors, ids 140 to 149.</summary>
internal static partial class RevocationLog
{
    [LoggerMessage(140, LogLevel.Information, "Revocation list {Number} of {Issued:u} from {Source}: {Count} revoked, next update by {Next:u}")]
    public static partial void Adopted(ILogger logger, long number, DateTimeOffset issued, string source, int count, DateTimeOffset next);

    [LoggerMessage(141, LogLevel.Warning, "No revocation list from {Source}: {Reason}")]
    public static partial void Failed(ILogger logger, string source, string reason);

    [LoggerMessage(142, LogLevel.Information, "{Source} has a revocation list again: number {Number}")]
    public static partial void Recovered(ILogger logger, string source, long number);

    [LoggerMessage(143, LogLevel.Warning, "There is no current revocation list of the root {Root}: {Consequence}")]
    public static partial void Stale(ILogger logger, string root, string consequence);

    [LoggerMessage(144, LogLevel.Warning, "The last revocation list was not kept, so that an older one can be taken after a restart")]
    public static partial void NotKept(ILogger logger, Exception exception);

    [LoggerMessage(145, LogLevel.Warning, "{Count} channels were ended by revocation")]
    public static partial void Ended(ILogger logger, int count);

    [LoggerMessage(146, LogLevel.Error, "The certificate {Serial} of this server was revoked on {RevokedAt:u} ({Reason}): nobody is served under it. It needs a new key and a new certificate")]
    public static partial void IdentityRevoked(ILogger logger, string serial, DateTimeOffset revokedAt, string reason);

    [LoggerMessage(147, LogLevel.Error, "All certificates of this server are revoked or have ended: it serves nobody")]
    public static partial void NobodyServed(ILogger logger);
}
