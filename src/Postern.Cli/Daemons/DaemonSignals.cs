using System.Runtime.InteropServices;

namespace Postern.Cli.Daemons;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks for the end, the second wants it now. SIGHUP asks to read files anew; where there is a terminal it says that the terminal
/// has gone, and asks for the end.
/// </summary>
internal sealed class DaemonSignals : IDisposable
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _second = new();
    private readonly SemaphoreSlim _hangups = new(0);
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens to signals.</summary>
    /// <param name="hasTerminal">Somebody sits at a terminal.</param>
    public DaemonSignals(bool hasTerminal)
    {
        PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        PosixSignalRegistration hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, hasTerminal || OperatingSystem.IsWindows() ? End : Hangup);
        _registrations = [interrupt, terminate, hangup];
    }

    public Task First => _first.Task;

    public CancellationToken Second => _second.Token;

    /// <summary>Waits for the next SIGHUP; several that came before are one.</summary>
    public async Task HangupAsync(CancellationToken cancellationToken)
    {
        await _hangups.WaitAsync(cancellationToken);
        while (await _hangups.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            // What is read from here on is what all of them meant.
        }
    }

    public void Dispose()
    {
        // A signal that is being handled at this moment still needs the rest.
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_first.TrySetResult()) _second.Cancel();
    }

    private void Hangup(PosixSignalContext context)
    {
        context.Cancel = true;
        _hangups.Release();
    }
}
