using System.Runtime.ExceptionServices;

namespace Postern.Tunneling;

/// <summary>
/// Copies both ways between a channel and a plain side. A half-close goes through as a half-close (FIN to goodbye and back); a cut on one
/// side cuts the other. A side that does not read stops the other from being read: at most one chunk a direction is under way here.
/// </summary>
/// <remarks>A reference server takes our goodbye for the end of both directions. (QSTP §9.1)</remarks>
public sealed class StreamRelay
{
    /// <summary>Bytes read from the plain side at once: with header and tag a packet fills 32 KiB.</summary>
    private const int ChunkSize = (32 * 1024) - 64;

    private readonly SecureChannel _channel;
    private readonly PlainEnd _plain;
    private readonly RelayTraffic _traffic;
    private readonly CancellationTokenSource _answered;
    private Exception? _failure;
    private long _ratchets;

    private StreamRelay(
        SecureChannel channel, PlainEnd plain, RelayTraffic traffic, CancellationTokenSource answered)
    {
        _channel = channel;
        _plain = plain;
        _traffic = traffic;
        _answered = answered;
    }

    /// <summary>
    /// Relays until both directions have ended, then closes both sides. Takes over <paramref name="plain"/>; the channel remains the
    /// caller's to dispose of.
    /// </summary>
    /// <param name="channel">The channel. Nobody else receives from it.</param>
    /// <param name="plain">The plain side.</param>
    /// <param name="traffic">Where bytes are counted; null for nowhere.</param>
    /// <param name="cancellationToken">Cuts both sides.</param>
    /// <exception cref="ChannelException">The channel failed; the plain side was cut.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The plain side, a socket, failed; the channel was broken off.</exception>
    /// <exception cref="IOException">The plain side, something else, failed; the channel was broken off.</exception>
    /// <exception cref="OperationCanceledException">Both sides were cut.</exception>
    public static async Task RunAsync(
        SecureChannel channel,
        PlainEnd plain,
        RelayTraffic? traffic = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(plain);
        using CancellationTokenSource answered = new();
        StreamRelay relay = new(channel, plain, traffic ?? new RelayTraffic(), answered);
        Task cut = Task.CompletedTask;
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            _ => cut = relay.CutAsync(new OperationCanceledException(cancellationToken)), null);
        await using (registration.ConfigureAwait(false))
        {
            await Task.WhenAll(relay.GuardAsync(relay.SendAsync), relay.GuardAsync(relay.ReceiveAsync)).ConfigureAwait(false);
        }

        await cut.ConfigureAwait(false);
        relay.CountRatchets();
        if (relay._failure is { } failure) ExceptionDispatchInfo.Throw(failure);
        await plain.CloseAsync().ConfigureAwait(false);
        await channel.CloseAsync(CancellationToken.None).ConfigureAwait(false);
    }

    // The first failure cuts both sides, which ends the other direction too.
    private async Task GuardAsync(Func<Task> direction)
    {
        try
        {
            await direction().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is thrown again when the other direction has ended.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await CutAsync(exception).ConfigureAwait(false);
        }
    }

    // Synchronous up to the marks of both sides: a listener that stops at the same moment can say no goodbye any more.
    private async Task CutAsync(Exception reason)
    {
        Interlocked.CompareExchange(ref _failure, reason, null);
        ValueTask channel = _channel.AbortAsync();
        await _plain.AbortAsync().ConfigureAwait(false);
        await channel.ConfigureAwait(false);
    }

    // Both directions count. What one takes back because it looked earlier than the other, its next look adds again.
    private void CountRatchets()
    {
        long count = _channel.RatchetCount;
        long change = count - Interlocked.Exchange(ref _ratchets, count);
        if (change != 0) _traffic.Ratcheted(change);
    }

    private async Task SendAsync()
    {
        RelayBuffer buffer = default;
        try
        {
            while (true)
            {
                ValueTask ready = _plain.WaitForDataAsync();
                if (!ready.IsCompleted) buffer.Release();
                await ready.ConfigureAwait(false);
                Memory<byte> chunk = buffer.Take(ChunkSize);
                int size = await _plain.ReadAsync(chunk).ConfigureAwait(false);
                if (size == 0) break;
                buffer.Used(size);
                await _channel.SendAsync(chunk[..size]).ConfigureAwait(false);
                _traffic.ToChannel(size);
                CountRatchets();
            }
        }
        finally
        {
            buffer.Release();
        }

        // Before the goodbye: a client that has it may leave.
        await _answered.CancelAsync().ConfigureAwait(false);
        await _channel.CompleteAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync()
    {
        RelayBuffer buffer = default;
        try
        {
            while (true)
            {
                ValueTask<int> next = _channel.WaitForMessageAsync();
                if (!next.IsCompleted) buffer.Release();
                int size = await next.ConfigureAwait(false);
                if (size == 0) break;
                Memory<byte> message = buffer.Take(size);
                await _channel.ReceiveAsync(message).ConfigureAwait(false);
                buffer.Used(size);
                await _plain.WriteAsync(message).ConfigureAwait(false);
                _traffic.FromChannel(size);
                CountRatchets();
            }
        }
        finally
        {
            buffer.Release();
        }

        await _plain.CompleteAsync().ConfigureAwait(false);
        if (!_channel.IsClient) await WatchClientAsync().ConfigureAwait(false);
    }

    // The client will not send any more. If it leaves before it has all its answers, nobody waits for the plain side any longer.
    private async Task WatchClientAsync()
    {
        try
        {
            await _channel.WaitForClientToLeaveAsync(_answered.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (!_answered.IsCancellationRequested)
        {
            throw new ChannelException(ChannelError.ConnectionLost, "The client left before it had been answered in full.");
        }
    }
}
