using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Postern.Cli.Health;
using Postern.Cli.Status;
using Postern.Cli.Terminal;

namespace Postern.Cli.Daemons;

/// <summary>The life of a command that listens: start, say so, wait for a signal, drain, cut, clean up.</summary>
internal static class Daemon
{
    /// <summary>Runs what <paramref name="start"/> starts until a signal, or until it has finished.</summary>
    /// <returns>Success if every connection ended by itself, interrupted if some had to be cut.</returns>
    public static async Task<int> RunAsync(CommandTerminal terminal, DaemonSettings settings, TerminalLoggerFactory loggers, Func<DaemonContext, Task<DaemonService>> start)
    {
        ILogger logger = loggers.CreateLogger("Postern.Daemon");
        using ReadyFile? ready = ReadyFile.Prepare(settings.ReadyFile);
        using DaemonSignals signals = new(terminal.IsInteractive);
        using ServiceNotifier notifier = ServiceNotifier.Create(terminal, logger);
        HandedSockets sockets = HandedSockets.Take(terminal);
        using MetricCollector? metrics = settings.AdminEndPoint is null ? null : new MetricCollector();
        using OtlpExport? export = OtlpExport.Start(settings.Collector, settings.Command);
        await using DaemonService service = await start(new DaemonContext(terminal, loggers, sockets));
        sockets.ExpectNoneLeft();
        await using StatusSocket? status = StatusSocket.Start(terminal, settings.Command, () => $"{service.LocalEndPoint()}", service.Channels, service.Revocation);
        await using AdminSite? admin = await AdminSite.StartAsync(settings.AdminEndPoint, metrics, () => HealthReport.Of(service, signals.First.IsCompleted), loggers);
        ready?.Write(service.LocalEndPoint());
        notifier.Ready(Describe(service));
        DaemonReload reload = new(service, settings, notifier, logger);
        await using (Watchdog.Start(notifier, service.IsListening, () => Describe(service), logger))
        await using (new HangupLoop(signals, reload.RunAsync))
        {
            Task end = service.Completion is { } finished ? await Task.WhenAny(signals.First, finished) : signals.First;
            await end;
        }

        notifier.Stopping("Waiting for connections to end");
        if (await DrainAsync(service, settings.DrainTimeout, signals, logger)) return ExitCode.Success;
        terminal.WriteWarning("Connections were cut: they had not ended in time.");
        return ExitCode.Interrupted;
    }

    /// <summary>Listens; an address that cannot be listened on is the command's error.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="start">Starts to.</param>
    /// <param name="parts">What is disposed of if that fails.</param>
    public static async Task<T> ListenAsync<T>(EndPoint endPoint, Func<T> start, params IReadOnlyList<IAsyncDisposable> parts)
    {
        try
        {
            return start();
        }
        catch (Exception exception)
        {
            foreach (IAsyncDisposable part in parts) await part.DisposeAsync();
            if (exception is not SocketException) throw;
            throw new CommandException(ExitCode.Channel, $"Cannot listen on {endPoint}: {exception.Message}. Choose another with --listen.");
        }
    }

    private static string Describe(DaemonService service) => $"Listening on {service.LocalEndPoint()}, {service.Channels().Count} channels";

    private static async Task<bool> DrainAsync(DaemonService service, TimeSpan timeout, DaemonSignals signals, ILogger logger)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(signals.Second);
        deadline.CancelAfter(timeout);
        await using HangupLoop ignored = new(signals, _ => DaemonReload.Ignore(logger));
        return await service.Drain(deadline.Token);
    }
}
