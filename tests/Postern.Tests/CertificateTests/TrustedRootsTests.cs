using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Several roots at once, and the way from one to the next.</summary>
public sealed class TrustedRootsTests
{
    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");
    private static readonly VerificationPolicy Policy = TestAuthority.PolicyAt(Clock);
    private static readonly TestAuthority Old = TestAuthority.For(QstpSuites.DilithiumS1KyberS1);
    private static readonly TestAuthority New = TestAuthority.For(QstpSuites.All[1]);
    private static readonly TestAuthority Foreign = TestAuthority.For(QstpSuites.All[2]);

    [Fact]
    public void Each_certificate_is_verified_under_its_own_root()
    {
        TrustedRoots roots = new(Old.Root, New.Root);
        Assert.Equal(Old.Root.Suite, roots.Verify(Old.Certificate, Policy).Suite);
        Assert.Equal(New.Root.Suite, roots.Verify(New.Certificate, Policy).Suite);
        Assert.Same(New.Root, roots.RootOf(New.Certificate));
    }

    [Fact]
    public void A_certificate_of_no_trusted_root_is_refused_with_all_serials()
    {
        ChannelException refused = Assert.Throws<ChannelException>(() => new TrustedRoots(Old.Root, New.Root).Verify(Foreign.Certificate, Policy));
        Assert.Equal(ChannelError.CertificateInvalid, refused.Error);
        Assert.All(
            (string[])[Foreign.Root.SerialNumber, Old.Root.SerialNumber, New.Root.SerialNumber],
            serial => Assert.Contains(serial, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_trusted_serial_alone_verifies_nothing()
    {
        byte[] forged = Foreign.Certificate.ForRoot(Old.Root.Serial, Old.Root.ValidFromSeconds, Old.Root.ValidToSeconds).ToBytes();
        Assert.Throws<ChannelException>(() => new TrustedRoots(Old.Root, New.Root).Verify(ServerCertificate.Parse(forged), Policy));
    }

    [Fact]
    public void A_request_is_refused_as_such() => Assert.Contains(
        "it is a request",
        Assert.Throws<ChannelException>(() => new TrustedRoots(Old.Root).Verify(Old.Request, Policy)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_revocation_list_is_verified_under_its_own_root()
    {
        TrustedRoots roots = new(Old.Root, New.Root);
        Assert.Equal(New.Root.SerialNumber, roots.Verify(ListOf(New), Policy).RootSerialNumber);
        Assert.Throws<ChannelException>(() => roots.Verify(ListOf(Foreign), Policy));
    }

    [Fact]
    public void The_same_root_counts_once_and_no_root_is_no_trust()
    {
        Assert.Same(Old.Root, Assert.Single(new TrustedRoots(Old.Root, RootCertificate.Parse(Old.Root.ToBytes())).All));
        Assert.Throws<ArgumentException>(() => new TrustedRoots());
    }

    [Fact]
    public void Two_roots_of_one_serial_are_refused()
    {
        byte[] other = Old.Root.ToBytes();
        other[0] ^= 1;
        Assert.Throws<ArgumentException>(() => new TrustedRoots(Old.Root, RootCertificate.Parse(other)));
    }

    [Fact]
    public void A_server_takes_no_serial_twice() => Assert.Throws<ArgumentException>(
        () => new QstpServerOptions { Identities = [Old.Identity(Clock), Old.Identity(Clock)] });

    [Fact]
    public async Task A_server_of_two_roots_ends_the_channels_of_what_either_revokes()
    {
        RevocationList[] lists = [ListOf(Old), ListOf(New)];
        await using RevocationMonitor first = await StartAsync(Old, () => lists[0]);
        await using RevocationMonitor second = await StartAsync(New, () => lists[1]);
        await using QstpServer server = QstpServer.Start(
            new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0),
            new QstpServerOptions
            {
                Identities = [Old.Identity(Clock), New.Identity(Clock)],
                Limits = new ConnectionLimits { HandshakeTimeout = TestServer.HangGuard },
                TimeProvider = Clock,
                Revocation = first,
                FurtherRevocation = [second],
            },
            TestServer.EchoAsync);
        await using SecureChannel old = await ConnectAsync(server, Old);
        await using SecureChannel renewed = await ConnectAsync(server, New);
        await TestServer.CheckEchoAsync(old);
        await TestServer.CheckEchoAsync(renewed);
        Assert.Equal(
            [.. ((string[])[Old.Certificate.SerialNumber, New.Certificate.SerialNumber]).Order(StringComparer.Ordinal)],
            server.GetChannels().Select(channel => channel.GetStatus().LocalName!).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);

        lists[1] = ListOf(New, number: 2, New.Certificate.SerialNumber);
        await second.RefreshAsync();
        Assert.Equal(
            ChannelError.PeerReportedError,
            (await Assert.ThrowsAsync<ChannelException>(() => renewed.ReceiveAsync(new byte[10]).AsTask().WaitAsync(TestServer.HangGuard))).Error);
        await TestServer.CheckEchoAsync(old);
        await Assert.ThrowsAsync<ChannelException>(() => ConnectAsync(server, New));
    }

    [Fact]
    public async Task An_identity_whose_root_nobody_watches_is_refused_where_others_are()
    {
        await using RevocationMonitor monitor = await StartAsync(Old, () => ListOf(Old));
        QstpServerOptions options = new() { Identities = [Old.Identity(Clock), New.Identity(Clock)], Revocation = monitor, TimeProvider = Clock };
        Assert.Throws<ArgumentException>(() => QstpServer.Start(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), options, TestServer.EchoAsync));
    }

    private static Task<RevocationMonitor> StartAsync(TestAuthority authority, Func<RevocationList> list) => RevocationMonitor.StartAsync(
        authority.Root,
        RevocationSource.FromStream("test", _ => Task.FromResult<Stream>(new MemoryStream(list().ToBytes()))),
        new RevocationMonitorOptions { Policy = Policy });

    private static Task<SecureChannel> ConnectAsync(QstpServer server, TestAuthority authority) =>
        QstpClient.ConnectAsync(server.LocalEndPoint, authority.Verified(Clock), TestServer.ClientOptions).WaitAsync(TestServer.HangGuard);

    private static RevocationList ListOf(TestAuthority authority, long number = 1, params string[] serials)
    {
        using RootKey key = authority.RootKey;
        DateTimeOffset now = Clock.GetUtcNow();
        return key.SignRevocations(number, serials.Select(serial => new RevocationEntry(serial, now, RevocationReason.Superseded)), now, now.AddDays(1));
    }
}
