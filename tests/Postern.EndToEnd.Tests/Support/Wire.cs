using System.Net;
using System.Net.Sockets;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>Plain TCP for tests: every wait has a limit, so that a mistake fails instead of hanging.</summary>
internal static class Wire
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static byte[] Random(int size, int seed = 1)
    {
        byte[] data = new byte[size];
        new Random(seed).NextBytes(data);
        return data;
    }

    public static async Task<Socket> ConnectAsync(EndPoint endPoint)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint).WaitAsync(Limit);
        return socket;
    }

    /// <summary>A loopback address that nobody listened on a moment ago.</summary>
    public static IPEndPoint FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Sends something to a service that sends it back.</summary>
    public static async Task EchoAsync(Socket socket)
    {
        byte[] message = Random(100);
        await socket.SendAsync(message).WaitAsync(Limit);
        Assert.Equal(message, await ReadAsync(socket, message.Length));
    }

    /// <summary>Everything until the end of the stream; a reset throws.</summary>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using MemoryStream data = new();
        byte[] buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer).WaitAsync(Limit) is > 0 and int size) await data.WriteAsync(buffer.AsMemory(0, size));
        return data.ToArray();
    }

    public static async Task<byte[]> ReadAsync(Socket socket, int size)
    {
        byte[] data = new byte[size];
        int have = 0;
        while (have < size)
        {
            int count = await socket.ReceiveAsync(data.AsMemory(have)).AsTask().WaitAsync(Limit);
            if (count == 0) throw new EndOfStreamException($"The stream ended after {have} of {size} bytes.");
            have += count;
        }

        return data;
    }

    /// <summary>Sends all, says that this was all, and reads the answer to its end.</summary>
    public static async Task<byte[]> ExchangeAsync(EndPoint endPoint, byte[] request)
    {
        using Socket socket = await ConnectAsync(endPoint);
        Task<byte[]> answer = ReadToEndAsync(socket);
        await socket.SendAsync(request).WaitAsync(Limit);
        socket.Shutdown(SocketShutdown.Send);
        return await answer;
    }

    /// <summary>The stream must break off, and not end.</summary>
    public static async Task AssertResetAsync(Socket socket)
    {
        SocketException exception = await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(socket));
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
    }

    /// <summary>A connection that sends nothing must break off, at once or later.</summary>
    public static async Task AssertResetAsync(EndPoint endPoint)
    {
        SocketException exception = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using Socket socket = await ConnectAsync(endPoint);
            await ReadToEndAsync(socket);
        });
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
    }

    /// <summary>Resets the connection.</summary>
    public static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }
}
