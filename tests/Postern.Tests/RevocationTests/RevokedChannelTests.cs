using System.Net;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;
using Postern.Tests.Support;

namespace Postern.Tests.RevocationTests;

/// <summary>What a revocation does to handshakes and to channels that are open, on either side.</summary>
public sealed class RevokedChannelTests
{
    private static readonly Suite Suite = QstpSuites.DilithiumS1KyberS1;

    private readonly ListPublisher _publisher = new();

    public RevokedChannelTests() => _publisher.Published = _publisher.List(1);

    [Fact]
    public async Task A_client_does_not_dial_a_revoked_server()
    {
        Publish(2);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        int connections = 0;
        await using QstpServer server = Start(null, (_, _) => Task.FromResult(++connections));
        ChannelException refused = await Assert.ThrowsAsync<ChannelException>(() => ConnectAsync(server, monitor));
        Assert.Equal(ChannelError.CertificateRevoked, refused.Error);

        // Over a stream of someone's: nothing is said, and the stream is closed.
        DuplexPipe pipe = new();
        refused = await Assert.ThrowsAsync<ChannelException>(() => QstpClient.AuthenticateAsync(pipe.Client, Verified(), ClientOptions(monitor)));
        Assert.Equal(ChannelError.CertificateRevoked, refused.Error);
        Assert.Equal(0, await pipe.Server.ReadAsync(new byte[1]));
        Assert.Equal((0, 0), (connections, server.PendingHandshakeCount));
    }

    [Theory]
    [InlineData(false, (byte)QstpErrorCode.Expired)]
    [InlineData(true, (byte)QstpErrorCode.ConnectionFailed)]
    public async Task A_server_refuses_handshakes_for_its_revoked_identity(bool hides, byte code)
    {
        Publish(2);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        await using QstpServer server = Start(monitor, TestServer.EchoAsync, hides);
        ChannelException refused = await Assert.ThrowsAsync<ChannelException>(() => ConnectAsync(server, null));
        Assert.Equal((ChannelError.PeerReportedError, code), (refused.Error, refused.PeerCode));
    }

    [Fact]
    public async Task The_other_identities_of_a_server_go_on()
    {
        using RootKey rootKey = ListPublisher.Authority.RootKey;
        ServerKey otherKey = ServerKey.Generate(Suite, "other", TimeSpan.FromDays(90), _publisher.Clock);
        ServerCertificate otherCertificate = rootKey.SignCertificate(otherKey.CreateRequest(), null, _publisher.Clock);
        VerificationPolicy policy = TestAuthority.PolicyAt(_publisher.Clock);
        using ServerIdentity other = ServerIdentity.Create(ListPublisher.Authority.Root, otherCertificate, otherKey, policy);
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        await using QstpServer server = QstpServer.Start(
            new IPEndPoint(IPAddress.Loopback, 0), ServerOptions(monitor) with { Identities = [ListPublisher.Authority.Identity(_publisher.Clock), other] }, TestServer.EchoAsync);
        VerifiedServer otherServer = ListPublisher.Authority.Root.Verify(otherCertificate, policy);
        await using SecureChannel revoked = await ConnectAsync(server, null);
        await using SecureChannel channel = await QstpClient.ConnectAsync(server.LocalEndPoint, otherServer, ClientOptions(null));
        await TestServer.CheckEchoAsync(revoked);

        Publish(2);
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        await TestServer.CheckEchoAsync(channel);
        await using SecureChannel again = await QstpClient.ConnectAsync(server.LocalEndPoint, otherServer, ClientOptions(null));
        await TestServer.CheckEchoAsync(again);
        Assert.Equal(ChannelError.PeerReportedError, (await EndAsync(revoked)).Error);
        await TestServer.UntilAsync(() => server.ConnectionCount == 2);
    }

    [Fact]
    public async Task A_revocation_ends_live_channels_on_the_servers_side_with_a_goodbye()
    {
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        TaskCompletionSource<ChannelException> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using QstpServer server = Start(monitor, async (channel, _) => ended.SetResult(await EndAsync(channel)));
        await using SecureChannel client = await ConnectAsync(server, null);
        await TestServer.UntilAsync(() => server.ConnectionCount == 1);
        Publish(2);
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        ChannelException end = await EndAsync(client);
        Assert.Equal((ChannelError.PeerReportedError, (byte)QstpErrorCode.Expired), (end.Error, end.PeerCode));
        Assert.Equal(ChannelError.CertificateRevoked, (await ended.Task.WaitAsync(TestServer.HangGuard)).Error);
        await TestServer.UntilAsync(() => server.ConnectionCount == 0);
    }

    [Fact]
    public async Task A_revocation_ends_live_channels_on_the_clients_side_with_a_goodbye()
    {
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        TaskCompletionSource<ChannelException> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using QstpServer server = Start(null, async (channel, _) => ended.SetResult(await EndAsync(channel)));
        await using SecureChannel client = await ConnectAsync(server, monitor);
        Task<ChannelException> end = EndAsync(client);
        Publish(2);
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ChannelError.CertificateRevoked, (await end).Error);
        Assert.Equal(ChannelError.CertificateRevoked, (await Assert.ThrowsAsync<ChannelException>(() => client.SendAsync(new byte[1]).AsTask())).Error);
        Assert.Equal((byte)QstpErrorCode.Expired, (await ended.Task.WaitAsync(TestServer.HangGuard)).PeerCode);
        Assert.Equal(ChannelError.CertificateRevoked, (await Assert.ThrowsAsync<ChannelException>(() => ConnectAsync(server, monitor))).Error);
    }

    [Fact]
    public async Task A_revocation_ends_channels_over_streams_and_of_single_listeners()
    {
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        DuplexPipe pipe = new();
        Task<SecureChannel> serving = QstpServer.AuthenticateAsync(pipe.Server, ServerOptions(monitor));
        await using SecureChannel client = await QstpClient.AuthenticateAsync(pipe.Client, Verified(), ClientOptions(null));
        await using SecureChannel server = await serving;
        TaskCompletionSource<EndPoint> listening = new();
        Task<SecureChannel> accepting = QstpServer.AcceptOneAsync(new IPEndPoint(IPAddress.Loopback, 0), ServerOptions(monitor), listening.SetResult);
        await using SecureChannel caller = await QstpClient.ConnectAsync(await listening.Task, Verified(), ClientOptions(null));
        await using SecureChannel accepted = await accepting;
        Publish(2);
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ChannelError.CertificateRevoked, (await EndAsync(server)).Error);
        Assert.Equal(ChannelError.CertificateRevoked, (await EndAsync(accepted)).Error);
        Assert.Equal((byte)QstpErrorCode.Expired, (await EndAsync(client)).PeerCode);
        Assert.Equal((byte)QstpErrorCode.Expired, (await EndAsync(caller)).PeerCode);
    }

    [Fact]
    public async Task A_peer_that_reads_nothing_does_not_keep_its_channel_open()
    {
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        DuplexPipe pipe = new(capacity: 8192);
        Task<SecureChannel> serving = QstpServer.AuthenticateAsync(pipe.Server, ServerOptions(monitor));
        await using SecureChannel client = await QstpClient.AuthenticateAsync(pipe.Client, Verified(), ClientOptions(null));
        await using SecureChannel server = await serving;
        Task sending = server.SendAsync(new byte[60_000]).AsTask();
        Publish(2);
        await monitor.RefreshAsync(TestContext.Current.CancellationToken).WaitAsync(TestServer.HangGuard);
        Assert.Equal(ChannelError.CertificateRevoked, (await Assert.ThrowsAsync<ChannelException>(() => sending)).Error);
    }

    [Fact]
    public async Task A_connection_that_breaks_while_the_goodbye_waits_still_ended_by_the_revocation()
    {
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        DuplexPipe pipe = new(capacity: 8192);
        Task<SecureChannel> serving = QstpServer.AuthenticateAsync(pipe.Server, ServerOptions(monitor));
        await using SecureChannel client = await QstpClient.AuthenticateAsync(pipe.Client, Verified(), ClientOptions(null));
        await using SecureChannel server = await serving;
        Task<ChannelException> end = EndAsync(server);
        Task sending = server.SendAsync(new byte[60_000]).AsTask();
        Publish(2);
        Task refreshing = monitor.RefreshAsync(TestContext.Current.CancellationToken);
        pipe.Reset();
        Assert.Equal(ChannelError.CertificateRevoked, (await end).Error);
        Assert.Equal(ChannelError.CertificateRevoked, (await Assert.ThrowsAsync<ChannelException>(() => sending)).Error);
        await refreshing.WaitAsync(TestServer.HangGuard);
    }

    [Fact]
    public async Task A_list_that_comes_while_the_handshake_runs_ends_the_channel_before_anyone_has_it()
    {
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        DuplexPipe pipe = new();
        Task<SecureChannel> serving = QstpServer.AuthenticateAsync(pipe.Server, ServerOptions(monitor));
        using QstpClientHandshake handshake = new(Verified(), TestServer.ClientOptions.CreateHandshakeClock(), new SeededRandom(1));
        await pipe.Client.WriteAsync(HandshakePair.Write(handshake));
        byte[] response = new byte[handshake.PacketSize];
        await pipe.Client.ReadExactlyAsync(response);
        handshake.Read(response);
        Publish(2);
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        await pipe.Client.WriteAsync(HandshakePair.Write(handshake));
        Assert.Equal(ChannelError.CertificateRevoked, (await Assert.ThrowsAsync<ChannelException>(() => serving)).Error);
    }

    [Fact]
    public async Task Past_the_grace_of_a_stale_list_live_channels_end()
    {
        await using RevocationMonitor monitor = await _publisher.StartAsync(_publisher.Options with { StaleGrace = TimeSpan.FromHours(1) });
        await using QstpServer server = Start(null, TestServer.EchoAsync);
        await using SecureChannel client = await ConnectAsync(server, monitor);
        _publisher.Clock.Advance(TimeSpan.FromDays(7));
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        await TestServer.CheckEchoAsync(client);
        _publisher.Clock.Advance(TimeSpan.FromHours(2));
        Task<ChannelException> end = EndAsync(client);
        await monitor.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ChannelError.RevocationStale, (await end).Error);
    }

    [Fact]
    public async Task Channels_that_have_ended_are_not_kept()
    {
        await using RevocationMonitor monitor = await _publisher.StartAsync();
        await using QstpServer server = Start(null, TestServer.EchoAsync);
        for (int i = 0; i < 200; i++) await (await ConnectAsync(server, monitor)).DisposeAsync();
        Assert.InRange(monitor.Watch.ReferenceCount, 1, 64);
    }

    private static VerifiedServer Verified() => ListPublisher.Authority.Verified(FakeClock.At("2026-06-01"));

    private static QstpClientOptions ClientOptions(RevocationMonitor? monitor) => TestServer.ClientOptions with { Revocation = monitor };

    private static Task<SecureChannel> ConnectAsync(QstpServer server, RevocationMonitor? monitor) =>
        QstpClient.ConnectAsync(server.LocalEndPoint, Verified(), ClientOptions(monitor)).WaitAsync(TestServer.HangGuard);

    private static async Task<ChannelException> EndAsync(SecureChannel channel) => await Assert.ThrowsAsync<ChannelException>(async () =>
    {
        byte[] buffer = new byte[channel.MaxMessageSize];
        while (await channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestServer.HangGuard) > 0)
        {
            // What came before the end does not matter.
        }
    });

    private static QstpServer Start(RevocationMonitor? monitor, ChannelHandler handler, bool hides = false) =>
        QstpServer.Start(new IPEndPoint(IPAddress.Loopback, 0), ServerOptions(monitor) with { HidesFailureReasons = hides }, handler);

    // The channels' clock stands still, whatever the lists' does.
    private static QstpServerOptions ServerOptions(RevocationMonitor? monitor)
    {
        FakeClock clock = FakeClock.At("2026-06-01");
        return new QstpServerOptions
        {
            Identities = [ListPublisher.Authority.Identity(clock)],
            Limits = new ConnectionLimits { HandshakeTimeout = TestServer.HangGuard, MaxConnectsPerSecondPerAddress = 10_000 },
            TimeProvider = clock,
            Revocation = monitor,
        };
    }

    private void Publish(long number) => _publisher.Published = _publisher.List(number, ListPublisher.ServerSerial);
}
