using System.Net;
using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Forwarding;

/// <summary>One tunnel takes another's place, and nobody is cut.</summary>
public sealed class RenewedTunnelTests
{
    [Fact]
    public async Task New_connections_take_the_new_tunnel_and_the_old_one_ends_with_its_last()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using StreamTunnel tunnel = new(target.EndPoint);
        Forwarder forwarder = tunnel.Forward();
        using Socket before = await EchoingAsync(forwarder.LocalEndPoint);
        SecureChannel old = Assert.Single(tunnel.Link.GetChannels());
        tunnel.Link.Renew();
        await Until.TrueAsync(() => tunnel.Link.GetChannels().Count == 2, "the new tunnel is up");
        SecureChannel renewed = tunnel.Link.GetChannels().Single(channel => channel != old);
        long oldBytes = old.BytesSent;
        using Socket after = await EchoingAsync(forwarder.LocalEndPoint);
        Assert.Equal(oldBytes, old.BytesSent);
        await Wire.EchoAsync(before);
        Assert.True(old.BytesSent > oldBytes);
        before.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Wire.ReadToEndAsync(before));
        await Until.TrueAsync(() => tunnel.Link.GetChannels() is [var one] && one == renewed, "the old tunnel has ended");
        await Wire.EchoAsync(after);
    }

    [Fact]
    public async Task What_the_server_listens_on_moves_to_the_new_tunnel()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        IPEndPoint listen = Wire.FreePort();
        await using StreamTunnel tunnel = new(
            null,
            new ExposedStreams { Listens = ListenRules.Parse(["127.0.0.1:*"]) },
            options => options with { RemoteForwards = [new RemoteForward($"{listen}", target.EndPoint)] });
        await tunnel.Link.WaitUntilUpAsync();
        using Socket before = await EchoingAsync(listen);
        SecureChannel old = Assert.Single(tunnel.Link.GetChannels());
        tunnel.Link.Renew();
        await Until.TrueAsync(() => tunnel.Link.GetChannels().Count == 2, "the new tunnel is up");
        SecureChannel renewed = tunnel.Link.GetChannels().Single(channel => channel != old);
        long quiet = renewed.BytesSent;
        await Until.TrueAsync(async () => await TryEchoAsync(listen) && renewed.BytesSent > quiet, "the server listens for the new tunnel");
        await Wire.EchoAsync(before);
    }

    [Fact]
    public async Task The_old_tunnel_serves_until_the_new_one_is_up_and_if_it_never_is()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        TaskCompletionSource allowed = new();
        int dialled = 0;
        ChannelConnector? dial = null;
        await using StreamTunnel tunnel = new(target.EndPoint, change: options =>
        {
            dial = options.Connect;
            return options with { Connect = ConnectAsync };
        });
        Forwarder forwarder = tunnel.Forward();
        using Socket first = await EchoingAsync(forwarder.LocalEndPoint);

        // The second cannot be dialled at all, the third only when it is allowed to.
        tunnel.Link.Renew();
        await Until.TrueAsync(() => Volatile.Read(ref dialled) == 2, "the second was dialled");
        using Socket second = await EchoingAsync(forwarder.LocalEndPoint);
        Assert.False(tunnel.Link.Completion.IsCompleted);
        tunnel.Link.Renew();
        await Until.TrueAsync(() => Volatile.Read(ref dialled) == 3, "the third was dialled");
        using Socket third = await EchoingAsync(forwarder.LocalEndPoint);
        Assert.Single(tunnel.Link.GetChannels());
        allowed.SetResult();
        await Until.TrueAsync(() => tunnel.Link.GetChannels().Count == 2, "the third is up");
        await Wire.EchoAsync(first);
        Assert.False(tunnel.Link.Completion.IsCompleted);

        async Task<SecureChannel> ConnectAsync(CancellationToken token)
        {
            int number = Interlocked.Increment(ref dialled);
            if (number == 2) throw new ChannelException(ChannelError.CertificateExpired, "It has expired.");
            if (number == 3) await allowed.Task.WaitAsync(token);
            return await dial!(token);
        }
    }

    [Fact]
    public async Task Draining_waits_for_the_old_tunnel_too()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using StreamTunnel tunnel = new(target.EndPoint);
        Forwarder forwarder = tunnel.Forward();
        using Socket before = await EchoingAsync(forwarder.LocalEndPoint);
        tunnel.Link.Renew();
        await Until.TrueAsync(() => tunnel.Link.GetChannels().Count == 2, "the new tunnel is up");
        Task<bool> draining = tunnel.Link.DrainAsync();
        await Until.TrueAsync(() => tunnel.Link.GetChannels().Count == 1, "the new tunnel, without streams, has ended");
        Assert.False(draining.IsCompleted);
        before.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Wire.ReadToEndAsync(before));
        Assert.True(await draining.WaitAsync(Wire.Limit));
        await tunnel.Link.Completion.WaitAsync(Wire.Limit);
    }

    [Fact]
    public async Task Renewing_again_and_again_under_load_cuts_nobody()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel tunnel = new(target.EndPoint);
        Forwarder forwarder = tunnel.Forward();
        int renewed = 0;
        Task load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            byte[] request = Wire.Random(2000);
            while (Volatile.Read(ref renewed) < 20) Assert.Equal(request, await Wire.ExchangeAsync(forwarder.LocalEndPoint, request));
        })));
        while (renewed < 20 && !load.IsCompleted)
        {
            SecureChannel[] before = [.. tunnel.Link.GetChannels()];
            tunnel.Link.Renew();
            await Until.TrueAsync(() => tunnel.Link.GetChannels().Except(before).Any(), "the next tunnel is up");
            Interlocked.Increment(ref renewed);
        }

        await load.WaitAsync(Wire.Limit);
        await Until.TrueAsync(() => tunnel.Link.GetChannels().Count == 1, "all but the last have ended");
    }

    private static async Task<Socket> EchoingAsync(EndPoint endPoint)
    {
        Socket socket = await Wire.ConnectAsync(endPoint);
        await Wire.EchoAsync(socket);
        return socket;
    }

    private static async Task<bool> TryEchoAsync(EndPoint endPoint)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint);
            await Wire.EchoAsync(socket);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
