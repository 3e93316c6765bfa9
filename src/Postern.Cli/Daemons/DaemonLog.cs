using Microsoft.Extensions.Logging;

namespace Postern.Cli.Daemons;

/// <summary>Events of a daemon's life, ids 250 to 259.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(250, LogLevel.Information, "SIGHUP: files are read anew")]
    public static partial void Reloading(ILogger logger);

    [LoggerMessage(251, LogLevel.Information, "New connections go by what was read now")]
    public static partial void Reloaded(ILogger logger);

    [LoggerMessage(252, LogLevel.Error, "Nothing was changed, all goes on as before: {Reason}")]
    public static partial void NotReloaded(ILogger logger, string reason);

    [LoggerMessage(253, LogLevel.Information, "SIGHUP: there is nothing here to read anew")]
    public static partial void NothingToReload(ILogger logger);

    [LoggerMessage(254, LogLevel.Warning, "SIGHUP is ignored: this process is about to end")]
    public static partial void ReloadIgnored(ILogger logger);

    [LoggerMessage(255, LogLevel.Critical, "It does not accept connections any more: the watchdog is told nothing, so that this process is started again")]
    public static partial void Stuck(ILogger logger);

    [LoggerMessage(256, LogLevel.Warning, "The service manager at {Path} takes no messages: {Reason}")]
    public static partial void NotNotified(ILogger logger, string path, string reason);

    [LoggerMessage(257, LogLevel.Warning, "Changed since the start, and needs a restart: {Options}")]
    public static partial void NeedsRestart(ILogger logger, string options);
}
