using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Postern.Cli.Daemons;

/// <summary>What SIGHUP does: everything is read anew, and if something of it is broken, nothing changes.</summary>
internal sealed class DaemonReload(DaemonService service, DaemonSettings settings, ServiceNotifier notifier, ILogger logger)
{
    /// <summary>Answers one signal; never fails.</summary>
    public async Task RunAsync(CancellationToken leaving)
    {
        notifier.Reloading();
        string outcome = await ReloadAsync(leaving);
        notifier.Ready($"Listening on {service.LocalEndPoint()}. {outcome}");
    }

    /// <summary>Says that it is too late for that.</summary>
    public static Task Ignore(ILogger logger)
    {
        DaemonLog.ReloadIgnored(logger);
        return Task.CompletedTask;
    }

    private async Task<string> ReloadAsync(CancellationToken leaving)
    {
        if (service.Reload is null)
        {
            DaemonLog.NothingToReload(logger);
            return "There is nothing to read anew.";
        }

        try
        {
            DaemonLog.Reloading(logger);
            ParseResult now = settings.Read();
            await service.Reload(now, leaving);
            DaemonLog.Reloaded(logger);
            ReadOnceOptions.Warn(logger, settings.Start, now);
            return "Files were read anew.";
        }
#pragma warning disable CA1031 // Whatever is wrong with what is new: what there is goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            string reason = exception is ArgumentException argument ? PosternCommand.MessageOf(argument) : exception.Message;
            DaemonLog.NotReloaded(logger, reason);
            return $"Not reloaded: {reason}";
        }
    }
}
