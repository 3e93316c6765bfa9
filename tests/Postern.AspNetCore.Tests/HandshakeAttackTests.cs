using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.AspNetCore.Tests.Support;
using Postern.Qstp;

namespace Postern.AspNetCore.Tests;

/// <summary>Strangers that stall, flood or send garbage take nothing from clients.</summary>
public sealed class HandshakeAttackTests
{
    private static readonly byte[] OneByte = [1];

    [Fact]
    public async Task Stalled_handshakes_do_not_use_up_kestrels_connections()
    {
        await using TestApplication application = await StartAsync(
            Tunnel.Qstp, maxConnections: 1, limits: new ConnectionLimits { HandshakeTimeout = TimeSpan.FromDays(1) });
        List<Socket> stalled = await StallAsync(application);
        await AssertServesAsync(application);
        stalled.ForEach(socket => socket.Dispose());
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_flood_of_stalled_handshakes_makes_room_for_itself(Tunnel tunnel)
    {
        const int Most = 4;
        await using TestApplication application = await StartAsync(
            tunnel, limits: new ConnectionLimits { HandshakeTimeout = TimeSpan.FromDays(1), MaxPendingHandshakes = Most });
        List<Socket> stalled = await StallAsync(application);

        // All have come in: Kestrel may begin with later ones first, and one that came in after the client would take its place.
        int closed = 0;
        await foreach (Task ending in Task.WhenEach(stalled.Select(UntilClosedAsync)))
        {
            await ending;
            if (++closed == stalled.Count - Most) break;
        }

        await AssertServesAsync(application);
        stalled.ForEach(socket => socket.Dispose());
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_handshake_that_stalls_or_trickles_is_closed_at_its_deadline(Tunnel tunnel)
    {
        await using TestApplication application = await StartAsync(tunnel, limits: new ConnectionLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(100) });
        using Socket stalled = await ConnectAsync(application.EndPoint);
        using Socket trickling = await ConnectAsync(application.EndPoint);
        await trickling.SendAsync(OneByte);
        await UntilClosedAsync(stalled);
        await UntilClosedAsync(trickling);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task Garbage_of_every_kind_ends_its_own_connection_and_is_no_error_of_the_server(Tunnel tunnel)
    {
        await using TestApplication application = await StartAsync(tunnel);
        byte[] first = await RecordFirstPacketAsync();
        foreach (byte[] packet in Malformed(first))
        {
            using Socket socket = await ConnectAsync(application.EndPoint);
            await socket.SendAsync(packet);
            socket.Shutdown(SocketShutdown.Send);
            await UntilClosedAsync(socket);
        }

        await AssertServesAsync(application);
        Assert.DoesNotContain(application.Logs.Lines, line => line.Level >= LogLevel.Error);
        Assert.All(application.Logs.Lines, line => Assert.DoesNotContain(line.Text, character => character is '\u001b' or '\0'));
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task Garbage_after_the_handshake_ends_its_own_connection_and_is_no_error_of_the_server(Tunnel tunnel)
    {
        await using TestApplication application = await StartAsync(tunnel);
        byte[][] garbage = [new byte[1], new byte[21], [.. Enumerable.Repeat((byte)0xFF, 21)], [.. Enumerable.Range(0, 256).Select(value => (byte)value)], new byte[100_000]];
        foreach (byte[] packet in garbage)
        {
            (SecureChannel channel, Socket socket) = await application.ConnectOverSocketAsync();
            await channel.SendAsync("GET / HTTP/1.1\r\nHost"u8.ToArray());
            await socket.SendAsync(packet);
            socket.Shutdown(SocketShutdown.Send);
            await UntilClosedAsync(socket);
            await channel.AbortAsync();
            socket.Dispose();
        }

        await AssertServesAsync(application);
        Assert.DoesNotContain(application.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task Stopping_does_not_wait_for_stalled_handshakes(Tunnel tunnel)
    {
        await using TestApplication application = await StartAsync(tunnel, limits: new ConnectionLimits { HandshakeTimeout = TimeSpan.FromDays(1) });
        using Socket stalled = await ConnectAsync(application.EndPoint);
        using Socket trickling = await ConnectAsync(application.EndPoint);
        await trickling.SendAsync(OneByte);
        using (HttpClient client = application.CreateClient()) await client.GetStringAsync(application.Address());

        // The token is never cancelled, and the host's own time is a day as well.
        await application.Application.StopAsync().WaitAsync(TestApplication.HangGuard);
        await UntilClosedAsync(stalled);
        await UntilClosedAsync(trickling);
    }

    private static async Task<List<Socket>> StallAsync(TestApplication application)
    {
        List<Socket> stalled = [];
        for (int i = 0; i < 50; i++) stalled.Add(await ConnectAsync(application.EndPoint));
        return stalled;
    }

    private static async Task AssertServesAsync(TestApplication application)
    {
        using HttpClient client = application.CreateClient();
        Assert.Equal("hello", await client.GetStringAsync(application.Address()));
    }

    private static Task<TestApplication> StartAsync(Tunnel tunnel, ConnectionLimits? limits = null, long? maxConnections = null) => TestApplication.StartAsync(
        app => app.Run(context => context.Response.WriteAsync("hello")),
        tunnel,
        limits: limits,
        kestrel: options => options.Limits.MaxConcurrentConnections = maxConnections,
        services: services => services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromDays(1)));

    private static IEnumerable<byte[]> Malformed(byte[] first)
    {
        yield return [];
        yield return [first[0]];
        yield return first[..20];
        yield return first[..21];
        yield return first[..^1];
        yield return [.. first, .. first];
        yield return "\u001b[2J\r\nGET / HTTP/1.1\r\n\r\n"u8.ToArray();
        for (int index = 0; index < first.Length; index++)
        {
            byte[] changed = [.. first];
            changed[index] ^= 0xFF;
            yield return changed;
        }
    }

    private static async Task<byte[]> RecordFirstPacketAsync()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<SecureChannel> connecting = QstpClient.ConnectAsync(listener.LocalEndpoint, TestIdentities.Verified);
        using Socket socket = await listener.AcceptSocketAsync();
        byte[] buffer = new byte[64 * 1024];
        int size = await socket.ReceiveAsync(buffer);
        socket.Dispose();
        await Assert.ThrowsAsync<ChannelException>(() => connecting);
        return buffer[..size];
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endPoint)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint);
        return socket;
    }

    private static async Task UntilClosedAsync(Socket socket)
    {
        using CancellationTokenSource guard = new(TestApplication.HangGuard);
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, guard.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Closed without ceremony.
        }
    }
}
