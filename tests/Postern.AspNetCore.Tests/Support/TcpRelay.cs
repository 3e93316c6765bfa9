using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Postern.AspNetCore.Tests.Support;

/// <summary>The network between a client and a server, which can be cut.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _target;
    private readonly ConcurrentQueue<Socket> _sockets = new();

    public TcpRelay(IPEndPoint target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Loses all connections, and lets nobody through any more.</summary>
    public void Cut()
    {
        _listener.Stop();
        while (_sockets.TryDequeue(out Socket? socket)) socket.Dispose();
    }

    public void Dispose()
    {
        Cut();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket near = await _listener.AcceptSocketAsync();
                Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _sockets.Enqueue(near);
                _sockets.Enqueue(far);
                await far.ConnectAsync(_target);
                _ = CopyAsync(near, far);
                _ = CopyAsync(far, near);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and int size) await to.SendAsync(buffer.AsMemory(0, size));
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
