using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Postern.Load.Soak;

/// <summary>The service behind a tunnel: sends back what comes. It goes and comes back at the same address.</summary>
internal sealed class SoakBackend : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, Task> _connections = new();
    private Socket _listener;
    private Task _accepting;
    private int _changes;

    public SoakBackend()
    {
        _listener = Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _listener.Listen(512);
        _accepting = AcceptAsync(_listener);
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>A moment, for <see cref="WasGoneSince"/>.</summary>
    public int Mark() => Volatile.Read(ref _changes);

    /// <summary>Whether it was gone then, or has gone since: connections of that time may have been cut.</summary>
    public bool WasGoneSince(int mark) => int.IsOddInteger(mark) || mark != Mark();

    /// <summary>Resets all connections, refuses new ones for a while, and is there again.</summary>
    public async Task RestartAsync(TimeSpan pause)
    {
        Interlocked.Increment(ref _changes);

        // Bound all the time, though nobody listens: else the port might become the source of some connection.
        Socket next = Bind(EndPoint);
        await StopAsync();
        await Task.Delay(pause);
        next.Listen(512);
        _listener = next;
        _accepting = AcceptAsync(next);
        Interlocked.Increment(ref _changes);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static Socket Bind(IPEndPoint endPoint)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        socket.Bind(endPoint);
        return socket;
    }

    private async Task StopAsync()
    {
        _listener.Dispose();
        await _accepting;
        Task[] serving = [.. _connections.Values];
        foreach (Socket socket in _connections.Keys) Reset(socket);
        await Task.WhenAll(serving);
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended at this very moment.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptAsync();
                TaskCompletionSource added = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _connections[socket] = ServeAsync(socket, added.Task);
                added.SetResult();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It goes.
        }
    }

    private async Task ServeAsync(Socket socket, Task added)
    {
        await added;
        try
        {
            socket.NoDelay = true;
            byte[] buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer) is > 0 and int size)
            {
                for (int sent = 0; sent < size;) sent += await socket.SendAsync(buffer.AsMemory(sent, size - sent));
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The other side has gone, or this service goes.
        }
        finally
        {
            _connections.TryRemove(socket, out _);
            socket.Dispose();
        }
    }
}
