using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Channels;
using Postern.Handshakes;
using Postern.Telemetry;

namespace Postern.Connections;

/// <summary>
/// Serves connections, whoever accepted them: runs handshakes beside each other within the limits, and gives each channel to its handler. The
/// same for every protocol; what differs is the handshake. (QSTP §13.1–§13.6)
/// </summary>
internal sealed class ChannelHost : IAsyncDisposable
{
    private const int MaxRefusals = 64;

    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(15);

    // A channel that was silent for so long keeps less in memory; its next packet takes some microseconds more.
    private static readonly TimeSpan RestAfter = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger;
    private readonly ConnectionTable _table;
    private readonly Lock _serving = new();
    private readonly List<ServedProtocol> _served;
    private readonly CancellationTokenSource _stop = new();
    private readonly LogRate _endedRate = new();
    private readonly LogRate _refusedRate = new();
    private readonly RunningCount _running = new();
    private readonly Task _sweeping;
    private ServedProtocol _current;
    private volatile ConnectionLimits _limits;
    private volatile bool _isStopping;
    private int _disposed;
    private int _refusing;

    /// <summary>Takes over the protocol's keys.</summary>
    public ChannelHost(ListenerProtocol protocol, ConnectionLimits limits, ILogger logger)
    {
        _current = new ServedProtocol(protocol, limits);
        _served = [_current];
        _limits = limits;
        _logger = logger;
        _table = new ConnectionTable(limits, protocol.Context.Clock.TimeProvider);
        foreach (ChannelWatch watch in protocol.Watches) watch.Add(this);
        Review();
        _sweeping = Task.Run(SweepLoopAsync);
    }

    public int ConnectionCount => _table.EstablishedCount;

    public int PendingHandshakeCount => _table.PendingCount;

    /// <summary>The channels that are established now.</summary>
    public List<SecureChannel> GetChannels() => [.. _table.Established().Select(connection => connection.Channel).OfType<SecureChannel>()];

    /// <summary>Says what there is to say about what the listener answers with.</summary>
    public void Review()
    {
        ListenerProtocol protocol;
        lock (_serving) protocol = _current.Protocol;
        protocol.Review?.Invoke(_logger);
    }

    /// <summary>From now on nobody is told that there is no room: there is no server any more.</summary>
    public void BeginStopping() => _isStopping = true;

    /// <summary>Ends when no connection is served. Only once no more are accepted.</summary>
    public Task WhenNoneAsync() => _running.WhenNoneAsync();

    /// <summary>Serves new connections by another protocol, whose keys it takes over, and within other limits.</summary>
    /// <returns>Ends when nothing uses the former protocol any more; its ephemeral keys are gone then.</returns>
    public Task Update(ListenerProtocol protocol, ConnectionLimits limits)
    {
        ServedProtocol former;
        lock (_serving)
        {
            former = _current;
            _current = new ServedProtocol(protocol, limits);
            _served.Add(_current);
            _limits = limits;
            foreach (ChannelWatch watch in protocol.Watches) watch.Add(this);
        }

        _table.Update(limits);
        Review();
        return RemoveWhenUnusedAsync(former);
    }

    /// <summary>
    /// Serves one connection from its handshake to its end. Never fails: everything that goes wrong is logged here.
    /// </summary>
    /// <param name="stream">The connection, which is disposed of in the end.</param>
    /// <param name="remote">The peer's address; the limits for each address count by it.</param>
    /// <param name="local">The address on this side.</param>
    /// <param name="handler">Gets the channel.</param>
    public Task ServeAsync(Stream stream, EndPoint? remote, EndPoint? local, ChannelHandler handler)
    {
        _running.Add();
        ChannelEnds ends = new() { RemoteEndPoint = remote, LocalEndPoint = local };
        return ServeCoreAsync(new ConnectionTable.Connection(ends, CancellationToken.None) { Served = Begin() }, new PacketTransport(stream), handler);
    }

    /// <summary>
    /// Ends everything: handshakes, handlers. Handlers that see the token and return in time end their channels with a goodbye; what is
    /// left is cut without one, since nobody knows whether it was complete. Whoever accepts has stopped before.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        BeginStopping();
        await CancelHandlersAsync().ConfigureAwait(false);
        Task ended = Task.WhenAll(_running.WhenNoneAsync(), _sweeping);
        await Task.WhenAny(ended, Task.Delay(StopGrace)).ConfigureAwait(false);
        await Task.WhenAll(_table.Established().Select(CutAsync)).ConfigureAwait(false);
        await ended.ConfigureAwait(false);
        _stop.Dispose();
        ServedProtocol[] all;
        lock (_serving) all = [.. _served];
        foreach (ServedProtocol served in all) Remove(served);
    }

    private ServedProtocol Begin()
    {
        lock (_serving)
        {
            _current.Begin();
            return _current;
        }
    }

    private async Task RemoveWhenUnusedAsync(ServedProtocol former)
    {
        await former.WhenUnusedAsync().ConfigureAwait(false);
        Remove(former);
    }

    private void Remove(ServedProtocol former)
    {
        lock (_serving)
        {
            if (!_served.Remove(former)) return;
            foreach (ChannelWatch watch in former.Protocol.Watches)
            {
                if (!_served.Exists(served => served.Protocol.Watches.Contains(watch))) watch.Remove(this);
            }
        }

        former.Protocol.Keys?.Dispose();
    }

    // Everything that concerns one connection ends here: nothing of it escapes to another, or to the loop that accepts. The channel ends with
    // the handler: properly if that returns, cut if it throws. One frame for all of a connection's life, for an idle one keeps it in memory; it
    // awaits tasks only and has few locals, since each takes its place there.
    private async Task ServeCoreAsync(ConnectionTable.Connection connection, PacketTransport transport, ChannelHandler handler)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using IDisposable? scope = _logger.BeginScope(new ConnectionScope(connection.Ends.Id));
        bool added = false;
        try
        {
            added = _table.TryAdd(connection);
            await (added ? BeginAsync(transport, connection) : RefuseAsync(transport, connection)).ConfigureAwait(false);
            if (connection.Channel is null) return;
            await handler(connection.Channel, connection.Token).ConfigureAwait(false);
            await connection.Channel.CloseAsync(CancellationToken.None).AsTask().ConfigureAwait(false);
        }
        catch (ChannelException exception)
        {
            if (MayLog(_endedRate)) ListenerLog.Ended(_logger, connection.Remote, exception.Error, exception.Message);
        }
        catch (OperationCanceledException)
        {
            ListenerLog.Dropped(_logger, connection.Remote);
        }
#pragma warning disable CA1031 // A handler's mistake must end its own connection only.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ListenerLog.HandlerFailed(_logger, connection.Remote, exception);
        }
        finally
        {
            await EndAsync(transport, connection, added).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(PacketTransport transport, ConnectionTable.Connection connection, bool added)
    {
        using (connection)
        {
            // No goodbye unless it was said before: what the handler sent may be cut short, and the peer must not take it for all.
            if (connection.Channel is { } channel) await channel.AbortAsync().ConfigureAwait(false);
            if (added) _table.Remove(connection);
            await transport.DisposeAsync().ConfigureAwait(false);
        }

        connection.Served!.End();
        _running.Remove();
    }

    private async Task CancelHandlersAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (ConnectionTable.Connection connection in _table.Close())
        {
            try
            {
                connection.Cancel();
            }
            catch (AggregateException exception)
            {
                // What a handler registered on its token failed; that must not keep the others from being ended.
                ListenerLog.HandlerFailed(_logger, connection.Remote, exception);
            }
        }
    }

    private static async Task CutAsync(ConnectionTable.Connection connection)
    {
        if (connection.Channel is { } channel) await channel.AbortAsync().ConfigureAwait(false);
    }

    // Leaves a channel that is established, or none if there is no room any more; the peer has been told.
    private async Task BeginAsync(PacketTransport transport, ConnectionTable.Connection connection)
    {
        SecureChannel channel = await AuthenticateAsync(transport, connection).ConfigureAwait(false);
        connection.Channel = channel;

        // The channel is in the table by now: stopping either finds it there, or is seen here.
        bool isEstablished = _table.TryEstablish(connection);
        connection.Token.ThrowIfCancellationRequested();
        if (isEstablished)
        {
            // Whoever ends the channels that are trusted no more either finds this one in the table, or has changed its trust by now.
            await ChannelDialer.EndUnlessTrustedAsync(channel, connection.Token).ConfigureAwait(false);
            ListenerLog.Connected(_logger, connection.Remote, channel.Suite.Name);
            return;
        }

        LogRefusal(connection.Remote);
        await channel.CloseAsync(connection.Served!.Protocol.TooManyConnectionsCode, CancellationToken.None).ConfigureAwait(false);
        connection.Channel = null;
    }

    private static async Task<SecureChannel> AuthenticateAsync(PacketTransport transport, ConnectionTable.Connection connection)
    {
        ServedProtocol served = connection.Served!;
        using Handshake handshake = served.Protocol.CreateHandshake();
        ChannelKeys keys = await MeasuredHandshake.RunAsync(
            handshake, transport, served.Gate.For(connection.Network), served.HandshakeTimeout, served.Protocol.Context, connection.Token).ConfigureAwait(false);
        connection.Ends = connection.Ends.After(handshake);
        return new SecureChannel(keys, transport, served.Context, connection.Ends);
    }

    private async Task RefuseAsync(PacketTransport transport, ConnectionTable.Connection connection)
    {
        if (_isStopping) return;
        LogRefusal(connection.Remote);
        try
        {
            // Saying why takes a moment and a descriptor: in a flood most are just closed.
            if (Interlocked.Increment(ref _refusing) > MaxRefusals) return;
            ListenerProtocol protocol = connection.Served!.Protocol;
            using Handshake handshake = protocol.CreateHandshake();
            await HandshakeDriver.ReportAsync(handshake, transport, protocol.TooManyConnectionsCode).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _refusing);
        }
    }

    private void LogRefusal(EndPoint? remote)
    {
        if (MayLog(_refusedRate)) ListenerLog.Refused(_logger, remote, ConnectionCount);
    }

    private bool MayLog(LogRate rate)
    {
        if (!rate.MayLog(out long left)) return false;
        if (left > 0) ListenerLog.LeftOut(_logger, left);
        return true;
    }

    private async Task SweepLoopAsync()
    {
        using PeriodicTimer timer = new(SweepInterval(_limits));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                ConnectionLimits limits = _limits;
                timer.Period = SweepInterval(limits);
                foreach (ConnectionTable.Connection connection in _table.Established())
                {
                    if (connection.Channel is not { } channel) continue;
                    if (channel.IdleTime > RestAfter) channel.Sealed.Rest();
                    if (MayIdle(limits) || channel.IdleTime < limits.IdleTimeout) continue;
                    await channel.AbortAsync(new ChannelException(
                        ChannelError.IdleTimeout, $"Nothing was sent or received for {limits.IdleTimeout.TotalSeconds:0.#} s.")).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The listener stops.
        }
    }

    private static bool MayIdle(ConnectionLimits limits) => limits.IdleTimeout == Timeout.InfiniteTimeSpan;

    private static TimeSpan SweepInterval(ConnectionLimits limits)
    {
        TimeSpan quarter = limits.IdleTimeout / 4;
        return MayIdle(limits) || quarter > LongestSweep ? LongestSweep : quarter;
    }
}
