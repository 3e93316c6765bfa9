using System.Net;
using System.Net.Sockets;
using Postern.Qstp;

namespace Postern.Tests.Support;

/// <summary>A QSTP server on a loopback port, and clients for it. Its clock stands still in 2026.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    /// <summary>Only a hang reaches it.</summary>
    public static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");

    private TestServer(QstpServer server) => Server = server;

    public QstpServer Server { get; }

    public int Port => ((IPEndPoint)Server.LocalEndPoint).Port;

    public static QstpClientOptions ClientOptions { get; } = new() { TimeProvider = Clock, HandshakeTimeout = HangGuard };

    public static TestServer Start(
        ChannelHandler handler, ConnectionLimits? limits = null, IPAddress? address = null, params Suite[] suites) =>
        new(QstpServer.Start(
            new IPEndPoint(address ?? IPAddress.Loopback, 0),
            new QstpServerOptions
            {
                Identities = [.. (suites.Length > 0 ? suites : [QstpSuites.DilithiumS1KyberS1]).Select(suite => TestAuthority.For(suite).Identity(Clock))],
                Limits = limits ?? new ConnectionLimits { HandshakeTimeout = HangGuard },
                TimeProvider = Clock,
            },
            handler));

    public static TestServer StartEcho(ConnectionLimits? limits = null, IPAddress? address = null, params Suite[] suites) =>
        Start(EchoAsync, limits, address, suites);

    public static async Task EchoAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[channel.MaxMessageSize];
        while (true)
        {
            int size = await channel.ReceiveAsync(buffer, cancellationToken);
            if (size == 0) return;
            await channel.SendAsync(buffer.AsMemory(0, size), cancellationToken);
        }
    }

    public Task<SecureChannel> ConnectAsync(Suite? suite = null, IPAddress? address = null) => QstpClient.ConnectAsync(
        new IPEndPoint(address ?? IPAddress.Loopback, Port),
        TestAuthority.For(suite ?? QstpSuites.DilithiumS1KyberS1).Verified(Clock),
        ClientOptions).WaitAsync(HangGuard);

    /// <summary>Connects, sends, and checks the echo.</summary>
    public async Task CheckServesAsync(Suite? suite = null, IPAddress? address = null)
    {
        await using SecureChannel channel = await ConnectAsync(suite, address);
        await CheckEchoAsync(channel);
    }

    public static async Task CheckEchoAsync(SecureChannel channel)
    {
        byte[] message = [1, 2, 3];
        byte[] buffer = new byte[10];
        await channel.SendAsync(message);
        Assert.Equal(3, await channel.ReceiveAsync(buffer).AsTask().WaitAsync(HangGuard));
        Assert.Equal(message, buffer[..3]);
    }

    /// <summary>A bare TCP connection that has said nothing.</summary>
    public async Task<Socket> ConnectBareAsync()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>All that the server sends until it ends the connection.</summary>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[8192];
        while (true)
        {
            int count;
            try
            {
                count = await socket.ReceiveAsync(buffer).WaitAsync(HangGuard);
            }
            catch (SocketException)
            {
                return all.ToArray();
            }

            if (count == 0) return all.ToArray();
            all.Write(buffer, 0, count);
        }
    }

    /// <summary>Waits for something that happens on the server's side; only a hang makes it fail.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource guard = new(HangGuard);
        while (!condition()) await Task.Delay(2, guard.Token);
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync().AsTask().WaitAsync(HangGuard);
}
