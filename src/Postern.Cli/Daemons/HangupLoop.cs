namespace Postern.Cli.Daemons;

/// <summary>Does something at each SIGHUP, one after the other, until it is disposed of.</summary>
internal sealed class HangupLoop : IAsyncDisposable
{
    private readonly DaemonSignals _signals;
    private readonly Func<CancellationToken, Task> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Begins.</summary>
    /// <param name="signals">Where they come from.</param>
    /// <param name="answer">What is done, which does not fail.</param>
    public HangupLoop(DaemonSignals signals, Func<CancellationToken, Task> answer)
    {
        _signals = signals;
        _answer = answer;
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _signals.HangupAsync(_stop.Token);
                await _answer(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The next part of the daemon's life begins.
        }
    }
}
