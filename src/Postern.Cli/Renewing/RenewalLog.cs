using Microsoft.Extensions.Logging;

namespace Postern.Cli.Renewing;

/// <summary>Log events 170 and 171.</summary>
internal static partial class RenewalLog
{
    [LoggerMessage(170, LogLevel.Information, "The certificate {Serial} is followed by {NextSerial}, valid to {ValidTo:u}: give it to the clients.")]
    public static partial void Renewed(this ILogger logger, string serial, string nextSerial, DateTimeOffset validTo);

    [LoggerMessage(171, LogLevel.Warning, "The certificate {Serial}, valid to {ValidTo:u}, could not be renewed; it is tried again.")]
    public static partial void NotRenewed(this ILogger logger, Exception exception, string serial, DateTimeOffset validTo);
}
