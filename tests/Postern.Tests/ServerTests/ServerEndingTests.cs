using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>How a server ends channels, and how it survives those who push at the wrong moment.</summary>
public sealed class ServerEndingTests
{
    [Fact]
    public async Task A_handler_that_throws_inside_a_using_still_ends_its_channel_in_error()
    {
        await using TestServer server = TestServer.Start(async (channel, cancellationToken) =>
        {
            await using Stream stream = channel.AsStream();
            await stream.WriteAsync(new byte[10], cancellationToken);
            throw new InvalidDataException("A mistake in the middle.");
        });
        await using SecureChannel client = await server.ConnectAsync();
        byte[] buffer = new byte[100];
        ChannelException failure = await Assert.ThrowsAsync<ChannelException>(async () =>
        {
            while (await client.ReceiveAsync(buffer).AsTask().WaitAsync(TestServer.HangGuard) > 0)
            {
                // Whether the ten bytes come before the end is the network's affair.
            }
        });
        Assert.NotEqual(ChannelError.ChannelClosed, failure.Error);
    }

    [Fact]
    public async Task A_handler_that_disposes_of_its_stream_and_returns_ends_properly()
    {
        await using TestServer server = TestServer.Start(async (channel, cancellationToken) =>
        {
            await using Stream stream = channel.AsStream();
            await stream.WriteAsync(new byte[10], cancellationToken);
        });
        await using SecureChannel client = await server.ConnectAsync();
        byte[] buffer = new byte[100];
        Assert.Equal(10, await client.ReceiveAsync(buffer).AsTask().WaitAsync(TestServer.HangGuard));
        Assert.Equal(0, await client.ReceiveAsync(buffer).AsTask().WaitAsync(TestServer.HangGuard));
    }

    [Fact]
    public async Task Pausing_and_resuming_at_once_from_many_sides_never_stops_the_server()
    {
        await using TestServer server = TestServer.StartEcho();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(side => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                if (side % 2 == 0) server.Server.Pause();
                else server.Server.Resume();
            }
        })));
        server.Server.Resume();
        await server.CheckServesAsync();
    }

    [Fact]
    public async Task Handshakes_that_finish_together_beyond_the_limit_are_refused_and_never_look_like_an_empty_answer()
    {
        TaskCompletionSource mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = TestServer.Start((_, _) => mayEnd.Task, new ConnectionLimits { MaxConnections = 1 });
        Task<bool>[] clients = [.. Enumerable.Range(0, 12).Select(_ => Task.Run(() => IsRefusedAsync(server)))];
        await TestServer.UntilAsync(() => clients.Count(client => client.IsCompleted) >= clients.Length - 1);
        mayEnd.SetResult();
        bool[] refused = await Task.WhenAll(clients);
        Assert.Equal(1, refused.Count(isRefused => !isRefused));
    }

    // False for the one whose handler ran and ended properly.
    private static async Task<bool> IsRefusedAsync(TestServer server)
    {
        try
        {
            await using SecureChannel channel = await server.ConnectAsync();
            Assert.Equal(0, await channel.ReceiveAsync(new byte[1]).AsTask().WaitAsync(TestServer.HangGuard));
            return false;
        }
        catch (ChannelException)
        {
            return true;
        }
    }
}
