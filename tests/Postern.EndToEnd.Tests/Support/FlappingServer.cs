using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>An echo that goes and comes back at the same address.</summary>
internal sealed class FlappingServer : IAsyncDisposable
{
    private readonly ConcurrentBag<Socket> _connections = [];
    private Socket _listener;
    private Task _accepting;

    public FlappingServer()
    {
        _listener = Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = ListenAsync(_listener);
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Resets all connections and refuses new ones.</summary>
    public async Task GoAsync()
    {
        // Bound, though nobody listens, so that nobody else gets the port.
        Socket next = Bind(EndPoint);
        _listener.Dispose();
        _listener = next;
        await _accepting;
        foreach (Socket socket in _connections) Wire.Reset(socket);
        _connections.Clear();
    }

    public void ComeBack() => _accepting = ListenAsync(_listener);

    public async ValueTask DisposeAsync()
    {
        await GoAsync();
        _listener.Dispose();
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        socket.Bind(endPoint);
        return socket;
    }

    private async Task ListenAsync(Socket listener)
    {
        listener.Listen(128);
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptAsync();
                _connections.Add(socket);
                _ = EchoAsync(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It goes.
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        try
        {
            await PlainServer.EchoAsync(socket);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It was reset.
        }
    }
}
