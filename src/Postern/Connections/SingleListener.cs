using System.Net;
using System.Net.Sockets;

namespace Postern.Connections;

/// <summary>Listens for one peer: the first that gets through the handshake. Then the address is free again. (QSMP §7, §6 row 26)</summary>
internal sealed class SingleListener : IDisposable
{
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    // Attempts at once; a peer that stalls must not keep the right one out.
    private const int MaxAttempts = 16;

    private readonly Socket _listener;
    private readonly ListenerProtocol _protocol;
    private readonly TimeSpan _timeout;
    private readonly SemaphoreSlim _room = new(MaxAttempts);
    private readonly CancellationTokenSource _end;
    private readonly List<Task> _attempts = [];
    private SecureChannel? _found;

    private SingleListener(EndPoint endPoint, ListenerProtocol protocol, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _listener = TcpConnector.Listen(endPoint);
        _protocol = protocol;
        _timeout = timeout;
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public static async Task<SecureChannel> AcceptAsync(
        EndPoint endPoint, ListenerProtocol protocol, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        using SingleListener listener = new(endPoint, protocol, timeout, cancellationToken);
        SecureChannel? channel = await listener.RunAsync().ConfigureAwait(false);
        if (!cancellationToken.IsCancellationRequested) return channel!;
        if (channel is not null) await channel.AbortAsync().ConfigureAwait(false);
        throw new OperationCanceledException(cancellationToken);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _end.Dispose();
        _room.Dispose();
    }

    private async Task<SecureChannel?> RunAsync()
    {
        try
        {
            while (true)
            {
                await _room.WaitAsync(_end.Token).ConfigureAwait(false);
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

    private async Task TryAsync(Socket socket)
    {
        try
        {
            TcpConnector.Configure(socket);
            ChannelContext context = _protocol.Context with { RemoteEndPoint = TcpConnector.RemoteOf(socket), LocalEndPoint = TcpConnector.LocalOf(socket) };
            SecureChannel channel = await ChannelDialer.AuthenticateAsync(
                new NetworkStream(socket, ownsSocket: true), _protocol.CreateHandshake, context, _timeout, _end.Token).ConfigureAwait(false);
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
            _room.Release();
        }
    }
}
