using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Postern.Connections;

/// <summary>Listens for one peer: the first that gets through the handshake. Then the address is free again. (QSMP §7, §6 row 26)</summary>
internal sealed class SingleListener : IDisposable
{
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly SocketAcceptor _listener;
    private readonly ListenerProtocol _protocol;
    private readonly TimeSpan _timeout;
    private readonly ConnectionTable _table;
    private readonly HandshakeGate _gate;
    private readonly CancellationTokenSource _end;
    private readonly List<Task> _attempts = [];
    private SecureChannel? _found;

    private SingleListener(EndPoint endPoint, ListenerProtocol protocol, ConnectionLimits limits, CancellationToken cancellationToken)
    {
        _listener = new SocketAcceptor(TcpConnector.Listen(endPoint), DescriptorReserve.OfProcess);
        _protocol = protocol;
        _timeout = limits.HandshakeTimeout;
        _table = new ConnectionTable(limits, protocol.Context.Clock.TimeProvider);
        _gate = new HandshakeGate(limits.MaxConcurrentHandshakes, limits.MaxHandshakeBytes);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public static async Task<SecureChannel> AcceptAsync(
        EndPoint endPoint,
        ListenerProtocol protocol,
        ServerOptions options,
        string logCategory,
        Action<EndPoint>? listening,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        using SingleListener listener = new(endPoint, protocol, options.Limits, cancellationToken);
        EndPoint bound = listener._listener.LocalEndPoint;
        ILogger logger = options.LoggerFactory.CreateLogger(logCategory);
        ListenerLog.Listening(logger, bound);
        protocol.Review?.Invoke(logger);
        listening?.Invoke(bound);
        SecureChannel? channel = await listener.RunAsync().ConfigureAwait(false);
        if (!cancellationToken.IsCancellationRequested) return channel!;
        if (channel is not null) await channel.AbortAsync().ConfigureAwait(false);
        throw new OperationCanceledException(cancellationToken);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task<SecureChannel?> RunAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await AcceptAsync().ConfigureAwait(false);
                _attempts.RemoveAll(attempt => attempt.IsCompleted);
                _attempts.Add(Task.Run(() => TryAsync(socket), CancellationToken.None));
            }
        }
        catch (OperationCanceledException)
        {
            // Found, or called off.
        }

        await Task.WhenAll(_attempts).ConfigureAwait(false);
        return _found;
    }

    private async Task<Socket> AcceptAsync()
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // Out of descriptors, or the peer went before we accepted: not a reason to stop.
                await Task.Delay(AcceptRetryDelay, _end.Token).ConfigureAwait(false);
            }
        }
    }

    // A peer that stalls makes room for one that does not, and the one with the most attempts first.
    private async Task TryAsync(Socket socket)
    {
        using ConnectionTable.Connection connection = new(ChannelEnds.Of(socket), _end.Token);
        if (!_table.TryAdd(connection))
        {
            socket.Dispose();
            return;
        }

        try
        {
            TcpConnector.Configure(socket);
            SecureChannel channel = await ChannelDialer.AuthenticateAsync(
                new TcpStream(socket), _protocol.CreateHandshake, _protocol.Context, connection.Ends, _gate.For(connection.Network), _timeout, connection.Token).ConfigureAwait(false);
            if (Interlocked.CompareExchange(ref _found, channel, null) is null) await _end.CancelAsync().ConfigureAwait(false);
            else await channel.CloseAsync(_protocol.TooManyConnectionsCode, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Not the one that is waited for; the peer has been told.
            socket.Dispose();
        }
        finally
        {
            _table.Remove(connection);
        }
    }
}
