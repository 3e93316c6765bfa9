using System.Net.Sockets;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Limits, deadlines, and peers that mean ill. (QSTP §13.1 to §13.6)</summary>
public sealed class ServerLimitTests
{
    [Fact]
    public async Task A_peer_that_says_nothing_is_dropped_at_the_handshakes_deadline()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(50) });
        using Socket socket = await server.ConnectBareAsync();
        Assert.Empty(await TestServer.ReadToEndAsync(socket));
        await TestServer.UntilAsync(() => server.Server.PendingHandshakeCount == 0);
    }

    [Fact]
    public async Task A_connection_without_traffic_is_closed_at_the_idle_deadline()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        await using SecureChannel channel = await server.ConnectAsync();
        await ChannelAssert.ThrowsAsync(
            ChannelError.ConnectionLost, () => channel.ReceiveAsync(new byte[10]).AsTask().WaitAsync(TestServer.HangGuard));
        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 0);
    }

    [Fact]
    public async Task One_connection_too_many_is_told_so_in_22_bytes_and_there_is_room_again_afterwards()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { MaxConnections = 1 });
        await using (await server.ConnectAsync())
        {
            await TestServer.UntilAsync(() => server.Server.ConnectionCount == 1);
            using Socket refused = await server.ConnectBareAsync();
            refused.Shutdown(SocketShutdown.Send);
            Assert.Equal(ErrorPacket.Of(0x0B, FakeClock.At("2026-06-01")), await TestServer.ReadToEndAsync(refused));
            ChannelException failure = await ChannelAssert.ThrowsAsync(ChannelError.PeerReportedError, () => server.ConnectAsync());
            Assert.Equal((byte)0x0B, failure.PeerCode);
        }

        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 0);
        await server.CheckServesAsync();
    }

    [Fact]
    public async Task One_address_has_its_own_limit_and_unfinished_handshakes_count()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { MaxConnectionsPerAddress = 2 });
        using (Socket silent = await server.ConnectBareAsync())
        {
            await TestServer.UntilAsync(() => server.Server.PendingHandshakeCount == 1);
            await using SecureChannel channel = await server.ConnectAsync();
            ChannelException failure = await ChannelAssert.ThrowsAsync(ChannelError.PeerReportedError, () => server.ConnectAsync());
            Assert.Equal((byte)0x0B, failure.PeerCode);
            await TestServer.CheckEchoAsync(channel);
        }

        await TestServer.UntilAsync(() => server.Server.PendingHandshakeCount + server.Server.ConnectionCount == 0);
        await server.CheckServesAsync();
    }

    [Fact]
    public async Task The_oldest_unfinished_handshake_makes_room_for_a_new_one()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { MaxPendingHandshakes = 2, HandshakeTimeout = TestServer.HangGuard });
        using Socket oldest = await server.ConnectBareAsync();
        await TestServer.UntilAsync(() => server.Server.PendingHandshakeCount == 1);
        using Socket second = await server.ConnectBareAsync();
        await TestServer.UntilAsync(() => server.Server.PendingHandshakeCount == 2);
        await server.CheckServesAsync();
        Assert.Empty(await TestServer.ReadToEndAsync(oldest));
        Assert.Equal(1, server.Server.PendingHandshakeCount);
        Assert.Equal(0, second.Available);
    }

    [Fact]
    public async Task A_thousand_half_open_connections_and_one_that_drips_do_not_stop_a_good_client()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { MaxPendingHandshakes = 300, HandshakeTimeout = TestServer.HangGuard });
        List<Socket> halfOpen = [];
        using Socket slow = await server.ConnectBareAsync();
        using CancellationTokenSource enough = new();
        Task dripping = DripAsync(slow, enough.Token);
        try
        {
            for (int i = 0; i < 1000; i++) halfOpen.Add(await server.ConnectBareAsync());
            for (int i = 0; i < 5; i++) await server.CheckServesAsync();
            Assert.InRange(server.Server.PendingHandshakeCount, 0, 300);
        }
        finally
        {
            await enough.CancelAsync();
            await dripping;
            foreach (Socket socket in halfOpen) socket.Dispose();
        }

        await TestServer.UntilAsync(() => server.Server.PendingHandshakeCount == 0);
        await server.CheckServesAsync();
    }

    [Fact]
    public async Task Two_hundred_failed_handshakes_leave_no_slot_and_no_descriptor_behind()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { MaxConnections = 20, MaxConnectionsPerAddress = 20 });
        await using SecureChannel first = await server.ConnectAsync();
        byte[][] openings = [[], new byte[10], new byte[79], new byte[500], [.. new HandshakeStage(QstpSuites.DilithiumS1KyberS1).Packets[0]]];
        await FailAsync(server, openings, 10);
        int before = DescriptorCount();
        await FailAsync(server, openings, 200);
        await TestServer.UntilAsync(() => server.Server.PendingHandshakeCount == 0);
        for (int i = 0; i < 30; i++) await server.CheckServesAsync();
        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 1);
        await TestServer.CheckEchoAsync(first);

        // Other tests of this process open sockets too; a leak would be 200.
        await TestServer.UntilAsync(() => DescriptorCount() < before + 100);
    }

    private static async Task FailAsync(TestServer server, byte[][] openings, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using Socket socket = await server.ConnectBareAsync();
            await socket.SendAsync(openings[i % openings.Length]);
            if (i % 2 == 0) socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
            await TestServer.UntilAsync(() => server.Server.PendingHandshakeCount < 10);
        }
    }

    private static int DescriptorCount() => OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0;

    private static async Task DripAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] request = new HandshakeStage(QstpSuites.DilithiumS1KyberS1).Packets[0];
        try
        {
            for (int i = 0; i < request.Length - 1; i++)
            {
                await socket.SendAsync(request.AsMemory(i, 1), cancellationToken);
                await Task.Delay(20, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The test is over, or the server made room.
        }
    }
}
