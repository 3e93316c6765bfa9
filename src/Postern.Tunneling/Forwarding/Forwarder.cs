using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>
/// The client's side of port forwarding: accepts plain TCP connections and relays each through a tunnel of its own. A connection that
/// gets no tunnel is reset; the listener goes on.
/// </summary>
public sealed class Forwarder : IAsyncDisposable
{
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(30);

    private readonly ForwarderOptions _options;
    private readonly ILogger _logger;
    private readonly PlainListener _listener;
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _stopAccepting = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly ConcurrentDictionary<ForwardedConnection, Task> _connections = new();
    private readonly Task _accepting;
    private readonly Task _sweeping;
    private volatile bool _stopping;
    private int _disposed;

    private Forwarder(EndPoint endPoint, ForwarderOptions options)
    {
        _options = options;
        _logger = options.LoggerFactory.CreateLogger("Postern.Forwarder");
        _room = new SemaphoreSlim(options.MaxConnections);
        _listener = PlainListener.Start(endPoint);
        LocalEndPoint = _listener.LocalEndPoint;
        ForwardingLog.Forwarding(_logger, LocalEndPoint, options.Path.Describe(options.Server is { } server ? EndPointText.Of(server) : "a peer"));
        _accepting = Task.Run(AcceptLoopAsync);
        _sweeping = options.IdleTimeout == Timeout.InfiniteTimeSpan ? Task.CompletedTask : Task.Run(SweepLoopAsync);
    }

    /// <summary>The address it listens on.</summary>
    public EndPoint LocalEndPoint { get; }

    /// <summary>It accepts connections, or waits for one to end before it does. False once it is drained or disposed of.</summary>
    public bool IsListening => !_stopping && !_accepting.IsCompleted;

    /// <summary>The tunnels that are established at this moment.</summary>
    public IReadOnlyList<SecureChannel> GetChannels() => [.. _connections.Keys.Select(connection => connection.Channel).OfType<SecureChannel>()];

    /// <summary>Connections and bytes so far.</summary>
    public RelayTraffic Traffic { get; } = new();

    /// <summary>
    /// Listens on a TCP address, where IPv6's any address takes IPv4 connections too, or on a UNIX socket, which only its owner can use. Whoever can
    /// reach the address gets through the tunnel without a key: listen on a loopback address.
    /// </summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static Forwarder Start(EndPoint endPoint, ForwarderOptions options)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(options);
        return new Forwarder(endPoint, options);
    }

    /// <summary>Stops listening and waits until every connection has ended by itself.</summary>
    /// <returns>False if <paramref name="cancellationToken"/> came first; <see cref="DisposeAsync"/> then cuts the rest.</returns>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken = default)
    {
        await StopAcceptingAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_connections.Values).WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Stops listening and cuts what is there: both sides of a cut connection see a reset, not an end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await StopAcceptingAsync().ConfigureAwait(false);
        await _cut.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([.. _connections.Values, _sweeping]).ConfigureAwait(false);
        _cut.Dispose();
        _stopAccepting.Dispose();
        _room.Dispose();
        ForwardingLog.Stopped(_logger, LocalEndPoint);
    }

    private async Task StopAcceptingAsync()
    {
        // Before anything is awaited: whoever called can count on it.
        _stopping = true;
        _listener.Dispose();
        await _stopAccepting.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptLoopAsync()
    {
        CancellationToken stop = _stopAccepting.Token;
        while (true)
        {
            try
            {
                await WaitForRoomAsync(stop).ConfigureAwait(false);
                Start(await AcceptAsync(stop).ConfigureAwait(false));
            }
            catch (Exception exception) when (_stopping && exception is (OperationCanceledException or SocketException or ObjectDisposedException))
            {
                return;
            }
        }
    }

    private async Task WaitForRoomAsync(CancellationToken stop)
    {
        if (await _room.WaitAsync(TimeSpan.Zero, stop).ConfigureAwait(false)) return;
        ForwardingLog.Full(_logger, _options.MaxConnections);
        await _room.WaitAsync(stop).ConfigureAwait(false);
    }

    private async Task<Socket> AcceptAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptAsync(stop).ConfigureAwait(false);
            }
            catch (SocketException exception) when (!_stopping)
            {
                // Out of descriptors, or the peer went before we accepted: not a reason to stop.
                ForwardingLog.AcceptFailed(_logger, exception);
                await Task.Delay(AcceptRetryDelay, stop).ConfigureAwait(false);
            }
        }
    }

    // Room was taken for it; its end gives it back.
    private void Start(Socket socket)
    {
        ForwardedConnection connection = new(socket);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections.TryAdd(connection, ended.Task);
        Traffic.Begin();
        _ = Task.Run(async () =>
        {
            await ForwardAsync(connection).ConfigureAwait(false);
            Traffic.End();
            _room.Release();
            _connections.TryRemove(connection, out _);
            ended.SetResult();
        });
    }

    // Everything that concerns one connection ends here: nothing of it escapes to another.
    private async Task ForwardAsync(ForwardedConnection connection)
    {
        try
        {
            await connection.RunAsync(_options, Traffic, _cut.Token).ConfigureAwait(false);
        }
        catch (ChannelException exception) when (!connection.IsCarried)
        {
            Traffic.Fail();
            ForwardingLog.TunnelFailed(_logger, connection.Remote, exception.Error, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            Traffic.Fail();
            using IDisposable? scope = connection.BeginScope(_logger);
            ForwardingLog.Cut(_logger, connection.Remote, exception.Message);
        }
#pragma warning disable CA1031 // A mistake must end its own connection only.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Traffic.Fail();
            using IDisposable? scope = connection.BeginScope(_logger);
            ForwardingLog.Failed(_logger, connection.Remote, exception);
        }
    }

    private async Task SweepLoopAsync()
    {
        TimeSpan quarter = _options.IdleTimeout / 4;
        using PeriodicTimer timer = new(quarter < LongestSweep ? quarter : LongestSweep);
        try
        {
            while (await timer.WaitForNextTickAsync(_cut.Token).ConfigureAwait(false))
            {
                foreach (ForwardedConnection connection in _connections.Keys)
                {
                    await connection.CutIfIdleAsync(_options.IdleTimeout).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The forwarder stops.
        }
    }
}
