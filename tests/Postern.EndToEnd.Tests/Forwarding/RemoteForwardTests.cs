using System.Net;
using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Forwarding;

/// <summary>The server listens, and the client's side answers.</summary>
public sealed class RemoteForwardTests
{
    private static readonly ExposedStreams AnyLoopbackPort = new() { Listens = ListenRules.Parse(["127.0.0.1:*"]) };

    [Fact]
    public async Task The_servers_port_leads_to_the_clients_target()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        IPEndPoint listen = Wire.FreePort();
        await using StreamTunnel tunnel = await ListenAsync(listen, target.EndPoint);
        byte[] request = Wire.Random(300_000);
        Assert.Equal(request, await Wire.ExchangeAsync(listen, request));
        Assert.Equal(1, tunnel.Link.Traffic.Connections);

        // And again after the server was away: what it listened on goes with the tunnel.
        await tunnel.StopServerAsync();
        using (Socket probe = new(SocketType.Stream, ProtocolType.Tcp)) await Assert.ThrowsAsync<SocketException>(() => probe.ConnectAsync(listen));
        tunnel.StartServerAgain();
        await Until.TrueAsync(() => IsAnsweredAsync(listen), "the server listens for it again");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_idle_connection_is_cut_by_either_side(bool byServer)
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        IPEndPoint listen = Wire.FreePort();
        TimeSpan soon = TimeSpan.FromMilliseconds(400);
        await using StreamTunnel tunnel = new(
            null,
            byServer ? AnyLoopbackPort with { IdleTimeout = soon } : AnyLoopbackPort,
            options => options with { RemoteForwards = [new RemoteForward($"{listen}", target.EndPoint)], IdleTimeout = byServer ? options.IdleTimeout : soon });
        await tunnel.Link.WaitUntilUpAsync();
        using Socket quiet = await Wire.ConnectAsync(listen);
        await quiet.SendAsync(new byte[1]);
        await Wire.ReadAsync(quiet, 1);
        await Wire.AssertResetAsync(quiet);
        await Until.TrueAsync(() => tunnel.Exposer.Traffic.Active == 1 && tunnel.Link.Traffic.Active == 0, "only the listening is left");
    }

    [Fact]
    public async Task Listening_stops_with_the_link()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        IPEndPoint listen = Wire.FreePort();
        await using StreamTunnel tunnel = await ListenAsync(listen, target.EndPoint);
        using Socket inside = await Wire.ConnectAsync(listen);
        await inside.SendAsync(new byte[5]);
        await Wire.ReadAsync(inside, 5);
        await tunnel.Link.DisposeAsync();
        await Wire.AssertResetAsync(inside);
        await Until.TrueAsync(() => CanListen(listen), "the port is free again");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Draining_ends_the_listening_and_waits_for_what_it_accepted(bool drainServer)
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        IPEndPoint listen = Wire.FreePort();
        await using StreamTunnel tunnel = await ListenAsync(listen, target.EndPoint);
        using Socket inside = await Wire.ConnectAsync(listen);
        await inside.SendAsync(new byte[5]);
        await Wire.ReadAsync(inside, 5);
        Task<bool> draining = drainServer ? tunnel.Exposer.DrainAsync() : tunnel.Link.DrainAsync();
        await Until.TrueAsync(() => CanListen(listen), "nobody listens any more");
        await inside.SendAsync(new byte[7]);
        await Wire.ReadAsync(inside, 7);
        Assert.False(draining.IsCompleted);
        inside.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Wire.ReadToEndAsync(inside));
        Assert.True(await draining.WaitAsync(Wire.Limit));
        if (!drainServer) await tunnel.Link.Completion.WaitAsync(Wire.Limit);
    }

    [Theory]
    [InlineData("127.0.0.1:80")]
    [InlineData("0.0.0.0:9000")]
    [InlineData("*:9000")]
    [InlineData("[::1]:9000")]
    [InlineData("unix:/run/postern-forbidden.sock")]
    public async Task What_the_rules_do_not_name_is_not_listened_on(string address)
    {
        await using StreamTunnel tunnel = new(null, new ExposedStreams { Listens = ListenRules.Parse(["127.0.0.1:9000-9010"]) });
        StreamRefusedException refused = await Assert.ThrowsAsync<StreamRefusedException>(() => tunnel.Link.OpenAsync(StreamTarget.Listen(address)));
        Assert.Equal(StreamRefusal.NotAllowed, refused.Reason);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused_and_tried_again()
    {
        await using PlainServer taken = new(PlainServer.EchoAsync);
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel tunnel = await ListenAsync(taken.EndPoint, target.EndPoint);
        await taken.DisposeAsync();
        await Until.TrueAsync(() => IsAnsweredAsync(taken.EndPoint), "the server listens there");
    }

    [Fact]
    public async Task An_address_that_is_not_allowed_leaves_everything_else_as_it_is()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        IPEndPoint listen = Wire.FreePort();
        await using StreamTunnel tunnel = new(
            target.EndPoint,
            AnyLoopbackPort,
            options => options with { RemoteForwards = [new RemoteForward("*:9000", target.EndPoint), new RemoteForward($"{listen}", target.EndPoint)] });
        await tunnel.Link.WaitUntilUpAsync().WaitAsync(Wire.Limit);
        Assert.Equal([4], await Wire.ExchangeAsync(listen, [4]));
        Assert.Equal([5], await Wire.ExchangeAsync(tunnel.Forward().LocalEndPoint, [5]));
    }

    [Fact]
    public async Task A_server_cannot_reach_what_the_client_did_not_offer()
    {
        await using PlainServer secret = new(PlainServer.EchoAsync);
        await using ChannelPair pair = await ChannelPair.ConnectAsync();
        await using TunnelLink link = TunnelLink.Start(new TunnelLinkOptions { Connect = _ => Task.FromResult(pair.Sender) });
        await using StreamMultiplexer server = StreamMultiplexer.Start(pair.Receiver, MultiplexedPair.HoldAsync);
        foreach (string target in (string[])[$"tcp:{secret.EndPoint}", "default", "accepted:1", "accepted:x", "listen:127.0.0.1:0", "authenticate"])
        {
            Assert.Equal(StreamRefusal.UnknownTarget, (await Assert.ThrowsAsync<StreamRefusedException>(() => server.OpenAsync(target).WaitAsync(Wire.Limit))).Reason);
        }
    }

    private static async Task<StreamTunnel> ListenAsync(IPEndPoint listen, EndPoint target)
    {
        StreamTunnel tunnel = new(null, AnyLoopbackPort, options => options with { RemoteForwards = [new RemoteForward($"{listen}", target)] });
        await tunnel.Link.WaitUntilUpAsync().WaitAsync(Wire.Limit);
        return tunnel;
    }

    private static bool CanListen(IPEndPoint endPoint)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // To try whether one can listen would take the port from the server for that moment.
    private static async Task<bool> IsAnsweredAsync(EndPoint endPoint)
    {
        try
        {
            return await Wire.ExchangeAsync(endPoint, [3]) is [3];
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
