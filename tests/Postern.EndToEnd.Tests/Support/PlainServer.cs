using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A TCP server that gives each connection to a handler.</summary>
internal sealed class PlainServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Func<Socket, Task> _handler;
    private readonly Task _accepting;
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly ConcurrentBag<Task> _tasks = [];

    public PlainServer(Func<Socket, Task> handler, IPEndPoint? endPoint = null)
    {
        _handler = handler;
        endPoint ??= new IPEndPoint(IPAddress.Loopback, 0);
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(endPoint);
        _listener.Listen(512);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Reads to the end, then answers with what came.</summary>
    public static async Task EchoAtEndAsync(Socket socket)
    {
        byte[] data = await Wire.ReadToEndAsync(socket);
        await socket.SendAsync(data);
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Sends back what comes, as it comes.</summary>
    public static async Task EchoAsync(Socket socket)
    {
        byte[] buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer) is > 0 and int size) await socket.SendAsync(buffer.AsMemory(0, size));
        socket.Shutdown(SocketShutdown.Send);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (Socket socket in _sockets) socket.Dispose();
        await Task.WhenAll(_tasks);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync();
                socket.NoDelay = true;
                _sockets.Add(socket);
                _tasks.Add(HandleAsync(socket));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task HandleAsync(Socket socket)
    {
        try
        {
            await _handler(socket);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The other side has gone, which is for the test to judge.
        }
        finally
        {
            socket.Dispose();
        }
    }
}
