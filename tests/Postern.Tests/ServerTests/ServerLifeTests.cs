using System.Net;
using System.Net.Sockets;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Pausing, draining, stopping.</summary>
public sealed class ServerLifeTests
{
    [Fact]
    public async Task A_paused_server_keeps_what_it_has_and_takes_nobody_until_it_resumes()
    {
        await using TestServer server = TestServer.StartEcho();
        await using SecureChannel early = await server.ConnectAsync();
        server.Server.Pause();
        Assert.True(server.Server.IsPaused);
        Task<SecureChannel> waiting = server.ConnectAsync();
        Task<SecureChannel> waitingToo = server.ConnectAsync();
        for (int i = 0; i < 20; i++) await TestServer.CheckEchoAsync(early);
        Assert.Equal(1, server.Server.ConnectionCount + server.Server.PendingHandshakeCount);
        Assert.False(waiting.IsCompleted || waitingToo.IsCompleted);

        server.Server.Resume();
        Assert.False(server.Server.IsPaused);
        await using SecureChannel first = await waiting;
        await using SecureChannel second = await waitingToo;
        await TestServer.CheckEchoAsync(first);
        await TestServer.CheckEchoAsync(second);
    }

    [Fact]
    public async Task A_paused_server_can_be_paused_again_resumed_twice_and_stopped()
    {
        await using TestServer server = TestServer.StartEcho();
        server.Server.Pause();
        server.Server.Pause();
        server.Server.Resume();
        server.Server.Resume();
        await server.CheckServesAsync();
        server.Server.Pause();
    }

    [Fact]
    public async Task A_connection_that_waits_for_a_paused_server_is_closed_when_that_stops()
    {
        TestServer server = TestServer.StartEcho();
        await server.CheckServesAsync();
        server.Server.Pause();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, server.Port);
        Task<int> reading = client.ReceiveAsync(new byte[1], SocketFlags.None);
        await server.DisposeAsync();
        try
        {
            Assert.Equal(0, await reading.WaitAsync(TestServer.HangGuard));
        }
        catch (SocketException exception)
        {
            // It was in the backlog still.
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }
    }

    [Fact]
    public async Task Draining_takes_nobody_new_and_ends_with_the_last_connection()
    {
        await using TestServer server = TestServer.StartEcho();
        Task<bool> draining;
        await using (SecureChannel channel = await server.ConnectAsync())
        {
            await TestServer.UntilAsync(() => server.Server.ConnectionCount == 1);
            draining = server.Server.DrainAsync();
            await ChannelAssert.ThrowsAsync(ChannelError.ConnectionFailed, () => server.ConnectAsync());
            await TestServer.CheckEchoAsync(channel);
            Assert.False(draining.IsCompleted);
        }

        Assert.True(await draining.WaitAsync(TestServer.HangGuard));
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task A_cancelled_drain_leaves_the_connections_to_dispose()
    {
        TestServer server = TestServer.StartEcho();
        await using SecureChannel channel = await server.ConnectAsync();
        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 1);
        using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(20));
        Assert.False(await server.Server.DrainAsync(cancellation.Token));
        await TestServer.CheckEchoAsync(channel);
        await server.DisposeAsync();
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, channel.ReceiveAsync(new byte[10]));
    }

    [Fact]
    public async Task Disposing_cancels_the_handlers_waits_for_them_and_cuts_what_was_under_way()
    {
        bool ended = false;
        TestServer server = TestServer.Start(async (_, cancellationToken) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                ended = true;
            }
        });
        await using SecureChannel channel = await server.ConnectAsync();
        using Socket pending = await server.ConnectBareAsync();
        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 1 && server.Server.PendingHandshakeCount == 1);
        await server.DisposeAsync();
        await server.DisposeAsync();
        Assert.True(ended);
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, channel.ReceiveAsync(new byte[10]));
        Assert.Empty(await TestServer.ReadToEndAsync(pending));
    }

    [Fact]
    public async Task Disposing_while_busy_ends_even_if_handlers_ignore_the_token()
    {
        for (int round = 0; round < 15; round++)
        {
            TestServer server = TestServer.Start(async (channel, _) =>
            {
                byte[] buffer = new byte[100];
                while (await channel.ReceiveAsync(buffer, CancellationToken.None) > 0) await channel.SendAsync(buffer, CancellationToken.None);
            });
            Task[] clients = [.. Enumerable.Range(0, 12).Select(_ => Task.Run(() => UseUntilItEndsAsync(server)))];
            if (round % 3 > 0) await TestServer.UntilAsync(() => server.Server.ConnectionCount >= round % 3 * 3);
            await server.DisposeAsync();
            await Task.WhenAll(clients).WaitAsync(TestServer.HangGuard);
        }
    }

    private static async Task UseUntilItEndsAsync(TestServer server)
    {
        try
        {
            await using SecureChannel channel = await server.ConnectAsync();
            byte[] buffer = new byte[100];
            while (true)
            {
                await channel.SendAsync(new byte[10]);
                if (await channel.ReceiveAsync(buffer) == 0) return;
            }
        }
        catch (ChannelException)
        {
            // The server went away; any stage will do.
        }
    }
}
