using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Forwarding;

public class ForwarderTests
{
    [Fact]
    public async Task An_http_client_fetches_files_of_8_MB_side_by_side()
    {
        byte[] file = Wire.Random(8 << 20);
        await using PlainServer target = new(socket => FileServer.ServeAsync(socket, file));
        await using Tunnel tunnel = new(target.EndPoint);
        using HttpClient client = new();
        byte[][] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.GetByteArrayAsync(new Uri($"http://{tunnel.EndPoint}/"))));
        Assert.All(answers, answer => Assert.Equal(SHA256.HashData(file), SHA256.HashData(answer)));
    }

    [Fact]
    public async Task A_target_that_is_down_resets_the_client_and_the_next_one_gets_through_when_it_is_up()
    {
        PlainServer target = new(PlainServer.EchoAtEndAsync);
        IPEndPoint endPoint = target.EndPoint;
        await target.DisposeAsync();
        await using Tunnel tunnel = new(endPoint);
        await Wire.AssertResetAsync(tunnel.EndPoint);
        await Until.TrueAsync(() => tunnel.Exposer.Traffic.Failures == 1, "it is counted");

        await using PlainServer again = new(PlainServer.EchoAtEndAsync, endPoint);
        Assert.Equal([1, 2, 3], await Wire.ExchangeAsync(tunnel.EndPoint, [1, 2, 3]));
    }

    [Fact]
    public async Task A_server_that_is_down_resets_the_client_and_the_next_one_gets_through_when_it_is_up()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        using ServerIdentity identity = TestKeys.Default.CreateIdentity();
        EndPoint endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        ExposerOptions options = new()
        {
            Target = target.EndPoint,
            Listen = handler => QstpServer.Start(endPoint, new QstpServerOptions { Identities = [identity] }, handler),
        };
        Exposer exposer = Exposer.Start(options);
        endPoint = exposer.LocalEndPoint;
        await exposer.DisposeAsync();
        await using Forwarder forwarder = Forwarder.Start(new IPEndPoint(IPAddress.Loopback, 0), Tunnel.Forwarding(endPoint));
        await Wire.AssertResetAsync(forwarder.LocalEndPoint);
        await Until.TrueAsync(() => forwarder.Traffic.Failures == 1, "it is counted");

        await using Exposer again = Exposer.Start(options);
        Assert.Equal([1, 2, 3], await Wire.ExchangeAsync(forwarder.LocalEndPoint, [1, 2, 3]));
    }

    [Fact]
    public async Task At_its_limit_it_accepts_no_more_until_one_ends()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using Tunnel tunnel = new(target.EndPoint, new TunnelSettings { MaxConnections = 2 });
        using Socket first = await Wire.ConnectAsync(tunnel.EndPoint);
        using Socket second = await Wire.ConnectAsync(tunnel.EndPoint);
        using Socket third = await Wire.ConnectAsync(tunnel.EndPoint);
        foreach (Socket socket in (Socket[])[first, second]) await AssertEchoAsync(socket);
        await third.SendAsync(new byte[1]);
        Assert.Equal(2, tunnel.Forwarder.Traffic.Connections);
        first.Shutdown(SocketShutdown.Send);
        Assert.Single(await Wire.ReadAsync(third, 1));
        Assert.Equal(3, tunnel.Forwarder.Traffic.Connections);
        Assert.Equal(2, tunnel.Forwarder.Traffic.Active);
    }

    [Fact]
    public async Task A_silent_connection_is_cut_after_the_idle_time()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using Tunnel tunnel = new(target.EndPoint, new TunnelSettings { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using Socket client = await Wire.ConnectAsync(tunnel.EndPoint);
        await AssertEchoAsync(client);
        await Wire.AssertResetAsync(client);
    }

    [Fact]
    public async Task Draining_waits_for_the_last_connection_and_accepts_none()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using Tunnel tunnel = new(target.EndPoint);
        using Socket client = await Wire.ConnectAsync(tunnel.EndPoint);
        await AssertEchoAsync(client);
        Task<bool> draining = tunnel.Forwarder.DrainAsync();

        // The system may put one more into the backlog while the socket closes; nobody takes it.
        await Until.TrueAsync(() => IsRefused(tunnel.EndPoint), "nobody listens");
        Assert.Equal(1, tunnel.Forwarder.Traffic.Connections);
        await AssertEchoAsync(client);
        Assert.False(draining.IsCompleted);
        client.Shutdown(SocketShutdown.Send);
        Assert.True(await draining.WaitAsync(Wire.Limit));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopping_either_end_resets_what_has_not_ended(bool forwarder)
    {
        TaskCompletionSource<Exception?> seen = new();
        await using PlainServer target = new(async socket => seen.SetResult(await Record.ExceptionAsync(() => PlainServer.EchoAsync(socket))));
        await using Tunnel tunnel = new(target.EndPoint);
        using Socket client = await Wire.ConnectAsync(tunnel.EndPoint);
        await AssertEchoAsync(client);
        using CancellationTokenSource now = new(TimeSpan.Zero);
        Assert.False(await (forwarder ? tunnel.Forwarder.DrainAsync(now.Token) : tunnel.Exposer.DrainAsync(now.Token)));
        await (forwarder ? tunnel.Forwarder.DisposeAsync() : tunnel.Exposer.DisposeAsync());
        await Wire.AssertResetAsync(client);
        Assert.IsType<SocketException>(await seen.Task.WaitAsync(Wire.Limit));
    }

    [Fact]
    public async Task One_listener_takes_both_families()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using PlainServer target = new(PlainServer.EchoAtEndAsync, new IPEndPoint(IPAddress.IPv6Loopback, 0));
        using ServerIdentity identity = TestKeys.Default.CreateIdentity();
        await using Exposer exposer = Exposer.Start(new ExposerOptions
        {
            Target = target.EndPoint,
            Listen = handler => QstpServer.Start(
                new IPEndPoint(IPAddress.IPv6Any, 0), new QstpServerOptions { Identities = [identity] }, handler),
        });
        DnsEndPoint server = new("localhost", ((IPEndPoint)exposer.LocalEndPoint).Port);
        await using Forwarder forwarder = Forwarder.Start(new IPEndPoint(IPAddress.IPv6Any, 0), Tunnel.Forwarding(server));
        int port = ((IPEndPoint)forwarder.LocalEndPoint).Port;
        Assert.Equal([4], await Wire.ExchangeAsync(new IPEndPoint(IPAddress.Loopback, port), [4]));
        Assert.Equal([6], await Wire.ExchangeAsync(new IPEndPoint(IPAddress.IPv6Loopback, port), [6]));
    }

    private static bool IsRefused(EndPoint endPoint)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endPoint);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task AssertEchoAsync(Socket socket)
    {
        await socket.SendAsync("ping"u8.ToArray());
        Assert.Equal("ping"u8.ToArray(), await Wire.ReadAsync(socket, 4));
    }
}
