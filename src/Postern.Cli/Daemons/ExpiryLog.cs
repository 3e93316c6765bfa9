using Microsoft.Extensions.Logging;

namespace Postern.Cli.Daemons;

/// <summary>Events of what ends, ids 240 to 249.</summary>
internal static partial class ExpiryLog
{
    [LoggerMessage(240, LogLevel.Warning, "{What} ends in {Left}, on {End:u}")]
    public static partial void Ending(ILogger logger, string what, string left, DateTimeOffset end);

    [LoggerMessage(241, LogLevel.Error, "{What} ended on {End:u}")]
    public static partial void Ended(ILogger logger, string what, DateTimeOffset end);
}
