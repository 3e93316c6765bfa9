using System.Net;
using System.Net.Sockets;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>A running server that is given other options, and sockets that listen already.</summary>
public sealed class ServerUpdateTests
{
    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");
    private static readonly Suite Second = QstpSuites.All.First(suite => suite != QstpSuites.DilithiumS1KyberS1);

    [Fact]
    public async Task New_connections_get_the_new_identity_and_the_old_ones_go_on()
    {
        await using TestServer server = TestServer.StartEcho();
        SecureChannel old = await server.ConnectAsync();
        Task unused = server.Server.Update(Options(new ConnectionLimits(), Second));
        await server.CheckServesAsync(Second);
        await Assert.ThrowsAsync<ChannelException>(() => server.ConnectAsync());
        await TestServer.CheckEchoAsync(old);
        Assert.False(unused.IsCompleted);
        await old.DisposeAsync();
        await unused.WaitAsync(TestServer.HangGuard);
    }

    [Fact]
    public async Task Limits_count_the_connections_that_were_there_before_them()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { MaxConnections = 1 });
        await using SecureChannel first = await server.ConnectAsync();
        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 1);
        _ = server.Server.Update(Options(new ConnectionLimits { MaxConnections = 2 }, QstpSuites.DilithiumS1KyberS1));
        await using SecureChannel second = await server.ConnectAsync();
        await TestServer.CheckEchoAsync(second);
        ChannelException failure = await ChannelAssert.ThrowsAsync(ChannelError.PeerReportedError, () => server.ConnectAsync());
        Assert.Equal((byte)0x0B, failure.PeerCode);
        await TestServer.CheckEchoAsync(first);
    }

    [Fact]
    public async Task An_idle_deadline_that_was_not_there_before_holds_for_old_connections_too()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { IdleTimeout = TimeSpan.FromMilliseconds(400) });
        await using SecureChannel channel = await server.ConnectAsync();
        _ = server.Server.Update(Options(new ConnectionLimits { IdleTimeout = TimeSpan.FromMilliseconds(100) }, QstpSuites.DilithiumS1KyberS1));
        await ChannelAssert.ThrowsAsync(
            ChannelError.ConnectionLost, () => channel.ReceiveAsync(new byte[10]).AsTask().WaitAsync(TestServer.HangGuard));
    }

    [Fact]
    public void What_a_duplex_listener_has_seen_is_remembered_over_new_options()
    {
        TestKeys keys = TestKeys.For(QsmpSuites.All[0]);
        QsmpDuplexListenOptions options = new() { Keys = [keys.Responder], TrustedKeys = TrustedKeys.Of(keys.InitiatorPublic(QsmpMode.Duplex)) };
        Postern.Qsmp.Duplex.ReplayCache seen = options.CreateTrust().Replays;
        Assert.Same(seen, (options with { MaxKeysTried = 3 }).CreateTrust(seen).Replays);
        Assert.NotSame(seen, (options with { MaxRequestRepetitions = 1 }).CreateTrust(seen).Replays);
    }

    [Fact]
    public async Task A_drained_server_listens_no_more()
    {
        await using TestServer server = TestServer.StartEcho();
        Assert.True(server.Server.IsListening);
        Assert.True(await server.Server.DrainAsync(TestContext.Current.CancellationToken));
        Assert.False(server.Server.IsListening);
        Assert.Throws<InvalidOperationException>(() => { _ = server.Server.Update(Options(new ConnectionLimits(), QstpSuites.DilithiumS1KyberS1)); });
    }

    [Fact]
    public async Task A_socket_that_listens_already_takes_the_place_of_an_address_once()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Throws<ArgumentException>(() => new ListeningSocket(socket));
        socket.Listen();
        ListeningSocket handed = new(socket);
        QstpServerOptions options = Options(new ConnectionLimits(), QstpSuites.DilithiumS1KyberS1);
        await using QstpServer server = QstpServer.Start(handed, options, TestServer.EchoAsync);
        Assert.Equal(handed.LocalEndPoint, server.LocalEndPoint);
        await using SecureChannel channel = await QstpClient.ConnectAsync(
            server.LocalEndPoint, TestAuthority.For(QstpSuites.DilithiumS1KyberS1).Verified(Clock), TestServer.ClientOptions, TestContext.Current.CancellationToken);
        await TestServer.CheckEchoAsync(channel);
        Assert.Throws<InvalidOperationException>(() => QstpServer.Start(handed, options, TestServer.EchoAsync));
    }

    private static QstpServerOptions Options(ConnectionLimits limits, Suite suite) => new()
    {
        Identities = [TestAuthority.For(suite).Identity(Clock)],
        Limits = limits,
        TimeProvider = Clock,
    };
}
