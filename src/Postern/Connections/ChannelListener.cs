using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Postern.Channels;
using Postern.Handshakes;
using Postern.Packets;

namespace Postern.Connections;

/// <summary>
/// Accepts TCP connections, runs handshakes beside each other within the limits, and gives each channel to the handler. The same for
/// every protocol; what differs is the handshake. (QSTP §13.1–§13.6)
/// </summary>
internal sealed class ChannelListener : IAsyncDisposable
{
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);
    private const int MaxRefusals = 64;

    private static readonly TimeSpan StopGrace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(15);

    // A channel that was silent for so long keeps less in memory; its next packet takes some microseconds more.
    private static readonly TimeSpan RestAfter = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly ListenerProtocol _protocol;
    private readonly ConnectionLimits _limits;
    private readonly ChannelHandler _handler;
    private readonly ILogger _logger;
    private readonly ConnectionTable _table;
    private readonly HandshakeGate _gate;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopAccepting = new();
    private readonly Lock _pauseLock = new();
    private readonly LogRate _endedRate = new();
    private readonly LogRate _refusedRate = new();
    private readonly RunningCount _running = new();
    private readonly Task _accepting;
    private readonly Task _sweeping;
    private volatile TaskCompletionSource? _paused;
    private volatile bool _isStopping;
    private int _disposed;
    private int _refusing;

    private ChannelListener(
        EndPoint endPoint,
        ListenerProtocol protocol,
        ConnectionLimits limits,
        ChannelHandler handler,
        ILogger logger)
    {
        _protocol = protocol;
        _limits = limits;
        _handler = handler;
        _logger = logger;
        _table = new ConnectionTable(limits, protocol.Context.Clock.TimeProvider);
        _gate = new HandshakeGate(limits.MaxConcurrentHandshakes, limits.MaxHandshakeBytes);
        _socket = TcpConnector.Listen(endPoint);
        LocalEndPoint = _socket.LocalEndPoint!;
        protocol.Watch?.Add(this);
        _accepting = Task.Run(AcceptLoopAsync);
        _sweeping = Task.Run(SweepLoopAsync);
        ListenerLog.Listening(logger, LocalEndPoint);
    }

    public EndPoint LocalEndPoint { get; }

    public int ConnectionCount => _table.EstablishedCount;

    public int PendingHandshakeCount => _table.PendingCount;

    public bool IsPaused => _paused is not null;

    /// <summary>Listens on a TCP address.</summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static ChannelListener Start(
        EndPoint endPoint, ListenerProtocol protocol, ServerOptions options, ChannelHandler handler, string logCategory)
    {
        try
        {
            ArgumentNullException.ThrowIfNull(endPoint);
            ArgumentNullException.ThrowIfNull(handler);
            return new ChannelListener(endPoint, protocol, options.Limits, handler, options.LoggerFactory.CreateLogger(logCategory));
        }
        catch
        {
            protocol.Keys?.Dispose();
            throw;
        }
    }

    /// <summary>The channels that are established now.</summary>
    public List<SecureChannel> GetChannels() => [.. _table.Established().Select(connection => connection.Channel).OfType<SecureChannel>()];

    /// <summary>Stops accepting; the system's backlog fills up. What is established goes on.</summary>
    public void Pause()
    {
        lock (_pauseLock) _paused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Resume()
    {
        lock (_pauseLock)
        {
            _paused?.TrySetResult();
            _paused = null;
        }
    }

    /// <summary>Closes the listening socket and waits for the connections to end. False if cancelled before: they still run then.</summary>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        await StopAcceptingAsync().ConfigureAwait(false);
        ListenerLog.Draining(_logger, ConnectionCount);
        try
        {
            await _accepting.WaitAsync(cancellationToken).ConfigureAwait(false);
            await _running.WhenNoneAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>
    /// Ends everything: the socket, handshakes, handlers. Handlers that see the token and return in time end their channels with a
    /// goodbye; what is left is cut without one, since nobody knows whether it was complete.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await StopAcceptingAsync().ConfigureAwait(false);
        await CancelHandlersAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        Task ended = Task.WhenAll(_running.WhenNoneAsync(), _sweeping);
        await Task.WhenAny(ended, Task.Delay(StopGrace)).ConfigureAwait(false);
        await Task.WhenAll(_table.Established().Select(CutAsync)).ConfigureAwait(false);
        await ended.ConfigureAwait(false);
        _stop.Dispose();
        _stopAccepting.Dispose();
        _protocol.Watch?.Remove(this);
        _protocol.Keys?.Dispose();
        ListenerLog.Stopped(_logger, LocalEndPoint);
    }

    private async Task StopAcceptingAsync()
    {
        // Before anything is awaited: whoever called can count on nobody getting in any more.
        _isStopping = true;
        _socket.Dispose();
        await _stopAccepting.CancelAsync().ConfigureAwait(false);
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
                ListenerLog.HandlerFailed(_logger, LocalEndPoint, exception);
            }
        }
    }

    private static async Task CutAsync(ConnectionTable.Connection connection)
    {
        if (connection.Channel is { } channel) await channel.AbortAsync().ConfigureAwait(false);
    }

    private async Task AcceptLoopAsync()
    {
        while (true)
        {
            try
            {
                await WhilePausedAsync().ConfigureAwait(false);
                Socket socket = await _socket.AcceptAsync(_stopAccepting.Token).ConfigureAwait(false);

                await StartAsync(socket).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (_isStopping)
            {
                return;
            }
            catch (SocketException exception)
            {
                // Out of descriptors, or the peer went before we accepted: not a reason to stop.
                ListenerLog.AcceptFailed(_logger, exception);
                await Task.Delay(AcceptRetryDelay).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask WhilePausedAsync()
    {
        while (_paused is { } paused) await paused.Task.WaitAsync(_stopAccepting.Token).ConfigureAwait(false);
    }

    private async ValueTask StartAsync(Socket socket)
    {
        try
        {
            // Paused while the accept was pending: this one waits here, the others in the backlog.
            await WhilePausedAsync().ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _running.Add();
        _ = ServeAsync(socket);
    }

    // Everything that concerns one connection ends here: nothing of it escapes to another, or to the loop that accepts. The channel ends with
    // the handler: properly if that returns, cut if it throws. One frame for all of a connection's life, for an idle one keeps it in memory.
    private async Task ServeAsync(Socket socket)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        PacketTransport? transport = null;
        EndPoint? remote = TcpConnector.RemoteOf(socket);
        using ConnectionTable.Connection connection = new(remote, CancellationToken.None);
        bool added = false;
        try
        {
            TcpConnector.Configure(socket);
            transport = new PacketTransport(new TcpStream(socket));
            added = _table.TryAdd(connection);
            if (!added)
            {
                if (!_isStopping) await RefuseAsync(transport, remote).ConfigureAwait(false);
                return;
            }

            connection.Channel = await AuthenticateAsync(socket, transport, connection).ConfigureAwait(false);
            if (!await AdmitAsync(connection.Channel, connection, remote).ConfigureAwait(false)) return;
            await _handler(connection.Channel, connection.Token).ConfigureAwait(false);
            await connection.Channel.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (ChannelException exception)
        {
            if (MayLog(_endedRate)) ListenerLog.Ended(_logger, remote, exception.Error, exception.Message);
        }
        catch (OperationCanceledException)
        {
            ListenerLog.Dropped(_logger, remote);
        }
#pragma warning disable CA1031 // A handler's mistake must end its own connection only.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ListenerLog.HandlerFailed(_logger, remote, exception);
        }
        finally
        {
            // No goodbye unless it was said above: what the handler sent may be cut short, and the peer must not take it for all.
            if (connection.Channel is { } channel) await channel.AbortAsync().ConfigureAwait(false);
            if (added) _table.Remove(connection);
            if (transport is not null) await transport.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            _running.Remove();
        }
    }

    // False if there is no room any more; the peer has been told.
    private async ValueTask<bool> AdmitAsync(SecureChannel channel, ConnectionTable.Connection connection, EndPoint? remote)
    {
        // The channel is in the table by now: stopping either finds it there, or is seen here.
        bool isEstablished = _table.TryEstablish(connection);
        connection.Token.ThrowIfCancellationRequested();
        if (isEstablished)
        {
            // Whoever ends the channels that are trusted no more either finds this one in the table, or has changed its trust by now.
            await ChannelDialer.EndUnlessTrustedAsync(channel, connection.Token).ConfigureAwait(false);
            ListenerLog.Connected(_logger, remote, channel.Suite.Name);
            return true;
        }

        LogRefusal(remote);
        await channel.CloseAsync(_protocol.TooManyConnectionsCode, CancellationToken.None).ConfigureAwait(false);
        return false;
    }

    private async Task<SecureChannel> AuthenticateAsync(Socket socket, PacketTransport transport, ConnectionTable.Connection connection)
    {
        using Handshake handshake = _protocol.CreateHandshake();
        ChannelKeys keys = await HandshakeDriver.RunAsync(
            handshake, transport, _gate.For(connection.Network), _limits.HandshakeTimeout, connection.Token).ConfigureAwait(false);
        return new SecureChannel(keys, transport, _protocol.Context with
        {
            EndsWithHandler = true,
            PeerIdentity = handshake.PeerIdentity,
            Trust = handshake.Trust,
            RemoteEndPoint = TcpConnector.RemoteOf(socket),
            LocalEndPoint = TcpConnector.LocalOf(socket),
        });
    }

    private async Task RefuseAsync(PacketTransport transport, EndPoint? remote)
    {
        LogRefusal(remote);
        try
        {
            // Saying why takes a moment and a descriptor: in a flood most are just closed.
            if (Interlocked.Increment(ref _refusing) > MaxRefusals) return;
            using Handshake handshake = _protocol.CreateHandshake();
            await HandshakeDriver.ReportAsync(handshake, transport, _protocol.TooManyConnectionsCode).ConfigureAwait(false);
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
        bool mayIdle = _limits.IdleTimeout == Timeout.InfiniteTimeSpan;
        TimeSpan quarter = _limits.IdleTimeout / 4;
        using PeriodicTimer timer = new(mayIdle || quarter > LongestSweep ? LongestSweep : quarter);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                foreach (ConnectionTable.Connection connection in _table.Established())
                {
                    if (connection.Channel is not { } channel) continue;
                    if (channel.IdleTime > RestAfter) channel.Sealed.Rest();
                    if (mayIdle || channel.IdleTime < _limits.IdleTimeout) continue;
                    await channel.AbortAsync(new ChannelException(
                        ChannelError.IdleTimeout, $"Nothing was sent or received for {_limits.IdleTimeout.TotalSeconds:0.#} s.")).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The listener stops.
        }
    }
}
