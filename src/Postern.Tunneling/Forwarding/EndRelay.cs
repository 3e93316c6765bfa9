using System.Runtime.ExceptionServices;

namespace Postern.Tunneling;

/// <summary>
/// Copies both ways between two sides. A half-close goes through as a half-close; a cut on one side cuts the other. A side that does not read stops the other from being read.
/// </summary>
internal sealed class EndRelay
{
    private const int ChunkSize = StreamMultiplexer.MaxDataSize;

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(30);

    private readonly PlainEnd _plain;
    private readonly PlainEnd _tunnel;
    private readonly RelayTraffic _traffic;
    private long _lastActivity = Environment.TickCount64;
    private Exception? _failure;

    /// <summary>Takes over both sides.</summary>
    /// <param name="plain">The plain side.</param>
    /// <param name="tunnel">The side of the tunnel.</param>
    /// <param name="traffic">Where bytes are counted.</param>
    public EndRelay(PlainEnd plain, PlainEnd tunnel, RelayTraffic traffic)
    {
        _plain = plain;
        _tunnel = tunnel;
        _traffic = traffic;
    }

    /// <summary>Relays until both directions have ended, then closes both sides.</summary>
    /// <param name="idleTimeout">Both sides are cut when nothing goes either way for so long; infinite for never.</param>
    /// <param name="cancellationToken">Cuts both sides.</param>
    /// <exception cref="IOException">One side failed, or both were silent; they were cut.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">As before, on a socket.</exception>
    /// <exception cref="ChannelException">As before, with the whole tunnel.</exception>
    /// <exception cref="OperationCanceledException">Both sides were cut.</exception>
    public async Task RunAsync(TimeSpan idleTimeout, CancellationToken cancellationToken)
    {
        TimeSpan look = idleTimeout == Timeout.InfiniteTimeSpan ? idleTimeout : TimeSpan.FromTicks(Math.Min(idleTimeout.Ticks / 4, LongestLook.Ticks));
        using Timer timer = new(_ => _ = CutIfIdleAsync(idleTimeout), null, look, look);
        Task cut = Task.CompletedTask;
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            _ => cut = CutAsync(new OperationCanceledException(cancellationToken)), null);
        await using (registration.ConfigureAwait(false))
        {
            await Task.WhenAll(GuardAsync(_plain, _tunnel, _traffic.ToChannel), GuardAsync(_tunnel, _plain, _traffic.FromChannel)).ConfigureAwait(false);
        }

        await cut.ConfigureAwait(false);
        if (_failure is { } failure) ExceptionDispatchInfo.Throw(failure);
        await _plain.CloseAsync().ConfigureAwait(false);
        await _tunnel.CloseAsync().ConfigureAwait(false);
    }

    private async Task CutIfIdleAsync(TimeSpan timeout)
    {
        if (Environment.TickCount64 - Volatile.Read(ref _lastActivity) < timeout.TotalMilliseconds) return;
        await CutAsync(new IOException($"Nothing was sent or received for {timeout.TotalSeconds:0.#} s.")).ConfigureAwait(false);
    }

    // Once.
    private async Task CutAsync(Exception reason)
    {
        Interlocked.CompareExchange(ref _failure, reason, null);
        await _plain.AbortAsync().ConfigureAwait(false);
        await _tunnel.AbortAsync().ConfigureAwait(false);
    }

    // The first failure cuts both sides, which ends the other direction too.
    private async Task GuardAsync(PlainEnd from, PlainEnd to, Action<int> count)
    {
        try
        {
            await CopyAsync(from, to, count).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is thrown again when the other direction has ended.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await CutAsync(exception).ConfigureAwait(false);
        }
    }

    private async Task CopyAsync(PlainEnd from, PlainEnd to, Action<int> count)
    {
        RelayBuffer buffer = default;
        try
        {
            while (true)
            {
                ValueTask ready = from.WaitForDataAsync();
                if (!ready.IsCompleted) buffer.Release();
                await ready.ConfigureAwait(false);
                Memory<byte> chunk = buffer.Take(ChunkSize);
                int size = await from.ReadAsync(chunk).ConfigureAwait(false);
                if (size == 0) break;
                buffer.Used(size);
                await to.WriteAsync(chunk[..size]).ConfigureAwait(false);
                count(size);
                Volatile.Write(ref _lastActivity, Environment.TickCount64);
            }
        }
        finally
        {
            buffer.Release();
        }

        await to.CompleteAsync().ConfigureAwait(false);
    }
}
