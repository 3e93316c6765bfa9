using System.Net;
using System.Runtime.InteropServices;

namespace Postern.Connections;

/// <summary>
/// Turns for what computes keys and signatures. Each network waits in a line of its own and has one place in the line of all, so that a
/// flood from one address costs the others no more than one turn each time. (QSMP §6 row 9)
/// </summary>
internal sealed class CostlyTurns(int concurrency) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Line> _lines = [];
    private readonly SemaphoreSlim _all = new(concurrency);

    /// <summary>The line of this network.</summary>
    public Queue For(IPAddress network) => new(this, network);

    public void Dispose() => _all.Dispose();

    private async ValueTask TakeAsync(IPAddress network, CancellationToken cancellationToken)
    {
        Line line;
        lock (_lock)
        {
            ref Line? existing = ref CollectionsMarshal.GetValueRefOrAddDefault(_lines, network, out _);
            line = existing ??= new Line();
            line.Users++;
        }

        try
        {
            await line.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await _all.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                line.Turn.Release();
                throw;
            }
        }
        catch
        {
            Leave(network, line);
            throw;
        }
    }

    private void Return(IPAddress network)
    {
        _all.Release();
        Line line;
        lock (_lock) line = _lines[network];
        line.Turn.Release();
        Leave(network, line);
    }

    private void Leave(IPAddress network, Line line)
    {
        lock (_lock)
        {
            if (--line.Users == 0) _lines.Remove(network);
        }
    }

    /// <summary>Where the handshakes of one network wait.</summary>
    internal sealed class Queue(CostlyTurns turns, IPAddress network)
    {
        public ValueTask TakeAsync(CancellationToken cancellationToken) => turns.TakeAsync(network, cancellationToken);

        public void Return() => turns.Return(network);
    }

#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing.
    private sealed class Line
#pragma warning restore CA1001
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }
    }
}
