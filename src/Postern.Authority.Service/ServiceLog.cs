using Microsoft.Extensions.Logging;

namespace Postern.Authority.Service;

/// <summary>Log events 160 to 169.</summary>
internal static partial class ServiceLog
{
    [LoggerMessage(160, LogLevel.Information, "{Call} by {Actor}: {Outcome}")]
    public static partial void Done(this ILogger logger, string call, string actor, string outcome);

    [LoggerMessage(161, LogLevel.Information, "{Call} from {Address} was refused: {Reason}")]
    public static partial void Refused(this ILogger logger, string call, string address, string reason);

    [LoggerMessage(162, LogLevel.Error, "{Call} failed.")]
    public static partial void Failed(this ILogger logger, Exception exception, string call);

    [LoggerMessage(163, LogLevel.Information, "Revocation list {Number} published, {Entries} entries, next update {NextUpdate:u}.")]
    public static partial void Published(this ILogger logger, long number, int entries, DateTimeOffset nextUpdate);

    [LoggerMessage(165, LogLevel.Information, "Revocation list {Number}, after what another process did: {Entries} entries, next update {NextUpdate:u}.")]
    public static partial void Followed(this ILogger logger, long number, int entries, DateTimeOffset nextUpdate);

    [LoggerMessage(166, LogLevel.Information, "The service's own certificate is {Serial} now, until {End:u}.")]
    public static partial void OwnCertificate(this ILogger logger, string serial, DateTimeOffset end);

    [LoggerMessage(164, LogLevel.Error, "The work between calls failed; it is tried again.")]
    public static partial void RoundsFailed(this ILogger logger, Exception exception);
}
