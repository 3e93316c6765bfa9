using System.Runtime.InteropServices;

namespace Postern.Cli.Daemons;

/// <summary>Ctrl-C and SIGTERM: the first asks for the end, the second wants it now.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public StopSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    public Task First => _first.Task;

    public CancellationToken Second => _second.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _second.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_first.TrySetResult()) _second.Cancel();
    }
}
