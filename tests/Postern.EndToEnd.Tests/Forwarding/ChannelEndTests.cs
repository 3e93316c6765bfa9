using System.Net;
using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Forwarding;

/// <summary>What a relay builds on: how a channel ends, and how it does not.</summary>
public class ChannelEndTests
{
    [Fact]
    public async Task A_handler_that_fails_ends_its_channel_without_a_goodbye()
    {
        await using Server server = new(async (channel, cancellationToken) =>
        {
            await channel.SendAsync(new byte[100], cancellationToken);
            throw new InvalidOperationException("A mistake.");
        });
        await using SecureChannel client = await server.ConnectAsync();
        ChannelException exception = await Assert.ThrowsAsync<ChannelException>(async () =>
        {
            while (await client.ReceiveAsync(new byte[100]).AsTask().WaitAsync(Wire.Limit) > 0)
            {
                // Whether the message comes before the end is the network's affair.
            }
        });
        Assert.Equal(ChannelError.ConnectionLost, exception.Error);
    }

    [Fact]
    public async Task A_handler_that_returns_says_goodbye()
    {
        await using Server server = new((_, _) => Task.CompletedTask);
        await using SecureChannel client = await server.ConnectAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[100]).AsTask().WaitAsync(Wire.Limit));
        Assert.Equal((byte)0, client.PeerCloseCode);
    }

    [Fact]
    public async Task After_the_goodbye_the_stream_ends_for_peers_that_do_not_read_it()
    {
        await using Server server = new(async (channel, cancellationToken) =>
        {
            await channel.CompleteAsync(cancellationToken);
            await channel.WaitForMessageAsync(cancellationToken);
        });
        using Socket socket = await Wire.ConnectAsync(server.EndPoint);
        await using NetworkStream stream = new(socket);
        await using SecureChannel client = await QstpClient.AuthenticateAsync(stream, TestKeys.Default.Verified);
        Assert.Equal(0, await client.ReceiveAsync(new byte[100]).AsTask().WaitAsync(Wire.Limit));
        Assert.Equal(0, await stream.ReadAsync(new byte[100]).AsTask().WaitAsync(Wire.Limit));
        await client.SendAsync(new byte[1]);
    }

    [Fact]
    public async Task Waiting_for_a_message_leaves_it_there()
    {
        await using Server server = new(async (channel, cancellationToken) =>
        {
            await channel.SendAsync(new byte[] { 1, 2, 3 }, cancellationToken);
            await channel.WaitForMessageAsync(cancellationToken);
        });
        await using SecureChannel client = await server.ConnectAsync();
        Assert.Equal(3, await client.WaitForMessageAsync().AsTask().WaitAsync(Wire.Limit));
        Assert.Equal(3, await client.WaitForMessageAsync().AsTask().WaitAsync(Wire.Limit));
        byte[] message = new byte[3];
        Assert.Equal(3, await client.ReceiveAsync(message));
        Assert.Equal([1, 2, 3], message);
    }

    [Fact]
    public async Task Breaking_off_is_no_goodbye_to_the_peer_and_final_here()
    {
        TaskCompletionSource<ChannelException> seen = new();
        await using Server server = new(async (channel, cancellationToken) =>
            seen.SetResult(await Assert.ThrowsAsync<ChannelException>(async () => await channel.WaitForMessageAsync(cancellationToken))));
        await using SecureChannel client = await server.ConnectAsync();
        await client.AbortAsync();
        await client.DisposeAsync();
        Assert.Equal(ChannelError.ConnectionLost, (await seen.Task.WaitAsync(Wire.Limit)).Error);
        ChannelException exception = await Assert.ThrowsAsync<ChannelException>(async () => await client.SendAsync(new byte[1]));
        Assert.Equal(ChannelError.ChannelClosed, exception.Error);
    }

    private sealed class Server : IAsyncDisposable
    {
        private readonly ServerIdentity _identity = TestKeys.Default.CreateIdentity();
        private readonly QstpServer _server;

        public Server(ChannelHandler handler) => _server = QstpServer.Start(
            new IPEndPoint(IPAddress.Loopback, 0), new QstpServerOptions { Identities = [_identity] }, handler);

        public EndPoint EndPoint => _server.LocalEndPoint;

        public Task<SecureChannel> ConnectAsync() => QstpClient.ConnectAsync(EndPoint, TestKeys.Default.Verified);

        public async ValueTask DisposeAsync()
        {
            await _server.DisposeAsync();
            _identity.Dispose();
        }
    }
}
