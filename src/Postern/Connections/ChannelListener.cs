using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Postern.Connections;

/// <summary>Accepts TCP connections and gives them to a <see cref="ChannelHost"/>, until it is paused, drained or disposed of.</summary>
internal sealed class ChannelListener : IAsyncDisposable
{
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly SocketAcceptor _socket;
    private readonly ChannelHost _host;
    private volatile ServerOptions _options;
    private readonly ChannelHandler _handler;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopAccepting = new();
    private readonly LogRate _headerRate = new();
    private readonly Lock _pauseLock = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _paused;
    private volatile bool _isStopping;
    private int _headersAwaited;
    private int _disposed;

    private ChannelListener(
        EndPoint endPoint,
        ListenerProtocol protocol,
        ServerOptions options,
        ChannelHandler handler,
        ILogger logger)
    {
        _options = options;
        _handler = handler;
        _logger = logger;
        _socket = new SocketAcceptor(TcpConnector.Listen(endPoint), DescriptorReserve.OfProcess);
        LocalEndPoint = _socket.LocalEndPoint;
        _host = new ChannelHost(protocol, options.Limits, logger);
        _accepting = Task.Run(AcceptLoopAsync);
        ListenerLog.Listening(logger, LocalEndPoint);
    }

    public EndPoint LocalEndPoint { get; }

    public int ConnectionCount => _host.ConnectionCount;

    public int PendingHandshakeCount => _host.PendingHandshakeCount;

    public bool IsPaused => _paused is not null;

    /// <summary>The loop that accepts connections runs: it was not stopped, and has not failed.</summary>
    public bool IsListening => !_isStopping && !_accepting.IsCompleted;

    /// <summary>Listens on a TCP address.</summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static ChannelListener Start(
        EndPoint endPoint, ListenerProtocol protocol, ServerOptions options, ChannelHandler handler, string logCategory)
    {
        try
        {
            ArgumentNullException.ThrowIfNull(endPoint);
            ArgumentNullException.ThrowIfNull(handler);
            return new ChannelListener(endPoint, protocol, options, handler, options.LoggerFactory.CreateLogger(logCategory));
        }
        catch
        {
            protocol.Keys?.Dispose();
            throw;
        }
    }

    /// <summary>The channels that are established now.</summary>
    public List<SecureChannel> GetChannels() => _host.GetChannels();

    /// <summary>Answers new connections by another protocol's keys and within other limits.</summary>
    /// <returns>Ends when nothing uses the former ones any more.</returns>
    /// <exception cref="InvalidOperationException">It stops, or has stopped.</exception>
    public Task Update(ListenerProtocol protocol, ServerOptions options)
    {
        if (_isStopping)
        {
            protocol.Keys?.Dispose();
            throw new InvalidOperationException($"Nothing listens on {LocalEndPoint} any more.");
        }

        Task retired = _host.Update(protocol, options.Limits);
        _options = options;
        ListenerLog.Updated(_logger, LocalEndPoint);
        return retired;
    }

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
            await _host.WhenNoneAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
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
        await _accepting.ConfigureAwait(false);
        await _host.DisposeAsync().ConfigureAwait(false);
        _stopAccepting.Dispose();
        ListenerLog.Stopped(_logger, LocalEndPoint);
    }

    private async Task StopAcceptingAsync()
    {
        // Before anything is awaited: whoever called can count on nobody getting in any more.
        _isStopping = true;
        _host.BeginStopping();
        _socket.Dispose();
        await _stopAccepting.CancelAsync().ConfigureAwait(false);
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

        Start(socket);
    }

    private void Start(Socket socket)
    {
        try
        {
            TcpConnector.Configure(socket);
            if (_options.AcceptsProxyHeader) _ = ServeProxiedAsync(socket);
            else _ = _host.ServeAsync(new TcpStream(socket), TcpConnector.RemoteOf(socket), TcpConnector.LocalOf(socket), _handler);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // The peer has gone already.
            socket.Dispose();
        }
    }

    // The header decides whose limits the connection counts to. Until it is there, as many are held as there may be connections, for the time of a
    // handshake.
    private async Task ServeProxiedAsync(Socket socket)
    {
        EndPoint? balancer = TcpConnector.RemoteOf(socket);
        EndPoint? local = TcpConnector.LocalOf(socket);
        TcpStream stream = new(socket);
        string? problem = null;
        EndPoint? source = null;
        try
        {
            if (Interlocked.Increment(ref _headersAwaited) > _options.Limits.MaxConnections) throw new IOException("as many connections wait for theirs as there may be");
            using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopAccepting.Token);
            deadline.CancelAfter(_options.Limits.HandshakeTimeout);
            source = await ProxyHeader.ReadAsync(stream, deadline.Token).ConfigureAwait(false) ?? balancer;
        }
        catch (Exception exception) when (exception is FormatException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            problem = exception is OperationCanceledException ? "none came in time" : exception.Message;
        }
        finally
        {
            Interlocked.Decrement(ref _headersAwaited);
        }

        if (problem is null)
        {
            await _host.ServeAsync(stream, source, local, _handler).ConfigureAwait(false);
            return;
        }

        if (_headerRate.MayLog(out long left))
        {
            if (left > 0) ListenerLog.LeftOut(_logger, left);
            ListenerLog.NoProxyHeader(_logger, balancer, problem);
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }
}
