using Microsoft.Extensions.Logging;

namespace Postern.Cli.Daemons;

/// <summary>
/// Says twice in each of systemd's timeouts that this process works. It is said by the pool of threads that serves connections, in its turn, and only
/// while the loop that accepts them runs: a process that is stuck says nothing, and is started again.
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    private readonly ServiceNotifier _notifier;
    private readonly Func<bool> _isAlive;
    private readonly Func<string> _status;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private Watchdog(ServiceNotifier notifier, TimeSpan timeout, Func<bool> isAlive, Func<string> status, ILogger logger, TimeProvider clock)
    {
        _notifier = notifier;
        _isAlive = isAlive;
        _status = status;
        _logger = logger;
        _running = RunAsync(timeout / 2, clock);
    }

    /// <summary>Begins, if systemd waits for it.</summary>
    public static Watchdog? Start(ServiceNotifier notifier, Func<bool> isAlive, Func<string> status, ILogger logger, TimeProvider? clock = null) =>
        notifier.WatchdogTimeout is { } timeout ? new Watchdog(notifier, timeout, isAlive, status, logger, clock ?? TimeProvider.System) : null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(TimeSpan interval, TimeProvider clock)
    {
        using PeriodicTimer timer = new(interval, clock);
        bool wasAlive = true;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                // Behind whatever waits for a thread: what does not run here does not run for connections.
                await Task.Run(() => { }, _stop.Token);
                bool isAlive = _isAlive();
                if (isAlive) _notifier.Alive(_status());
                else if (wasAlive) DaemonLog.Stuck(_logger);
                wasAlive = isAlive;
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends.
        }
    }
}
