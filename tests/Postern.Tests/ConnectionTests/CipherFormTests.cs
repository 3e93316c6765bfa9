using System.Net;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>The optional forms of RCS: only by name, and only between peers that agree. (primitives §5.8)</summary>
public sealed class CipherFormTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");
    private static readonly TestKeys Keys = TestKeys.For(QsmpSuites.DilithiumS1KyberS1);

    public static TheoryData<ChannelCipher> Forms => [ChannelCipher.RcsReducedRounds, ChannelCipher.RcsQmac];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Simplex_peers_of_one_form_understand_each_other_and_others_do_not(ChannelCipher form)
    {
        await using QsmpSimplexServer server = QsmpSimplexServer.Start(
            AnyPort, new QsmpSimplexServerOptions { Keys = [Keys.Responder], Cipher = form, TimeProvider = Clock }, TestServer.EchoAsync);
        QsmpPublicKey key = Keys.Responder.GetPublicKey(QsmpMode.Simplex);
        await AssertEchoAsync(await QsmpSimplexClient.ConnectAsync(
            server.LocalEndPoint, key, new QsmpSimplexClientOptions { Cipher = form, AllowClientRatchet = true, TimeProvider = Clock }));
        await ChannelAssert.ThrowsAsync(
            ChannelError.AuthenticationFailed,
            () => QsmpSimplexClient.ConnectAsync(server.LocalEndPoint, key, new QsmpSimplexClientOptions { TimeProvider = Clock }));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Qstp_peers_of_one_form_understand_each_other_and_others_do_not(ChannelCipher form)
    {
        TestAuthority authority = TestAuthority.For(QstpSuites.DilithiumS1KyberS1);
        await using QstpServer server = QstpServer.Start(
            AnyPort, new QstpServerOptions { Identities = [authority.Identity(Clock)], Cipher = form, TimeProvider = Clock }, TestServer.EchoAsync);
        QstpClientOptions options = new() { Cipher = form, AllowClientRatchet = true, TimeProvider = Clock };
        await AssertEchoAsync(await QstpClient.ConnectAsync(server.LocalEndPoint, authority.Verified(Clock), options));
        foreach (ChannelCipher other in Enum.GetValues<ChannelCipher>().Where(other => other != form))
        {
            // Nothing is sealed in QSTP's handshake: the first message tells. (QSTP §6.5)
            await using SecureChannel channel = await QstpClient.ConnectAsync(server.LocalEndPoint, authority.Verified(Clock), options with { Cipher = other });
            await channel.SendAsync("hello"u8.ToArray());
            await Assert.ThrowsAsync<ChannelException>(async () => await channel.ReceiveAsync(new byte[16]));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_qstp_channel_has_the_form_from_its_first_packet_on(ChannelCipher form)
    {
        TestAuthority authority = TestAuthority.For(QstpSuites.DilithiumS1KyberS1);
        QstpServerOptions options = new() { Identities = [authority.Identity(Clock)], Cipher = form, TimeProvider = Clock };
        TaskCompletionSource<string> seen = new();
        await using QstpServer server = QstpServer.Start(AnyPort, options, async (channel, stop) =>
        {
            try
            {
                await channel.ReceiveAsync(new byte[16], stop);
            }
            catch (ChannelException exception)
            {
                seen.SetResult(exception.Message);
            }
        });
        await using SecureChannel channel = await QstpClient.ConnectAsync(server.LocalEndPoint, authority.Verified(Clock), new QstpClientOptions { TimeProvider = Clock });
        await channel.SendAsync("hello"u8.ToArray());
        Assert.Contains("different forms of the cipher", await seen.Task.WaitAsync(TestServer.HangGuard), StringComparison.Ordinal);
        Assert.Equal(ChannelCipher.Rcs, channel.GetStatus().Cipher);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Duplex_peers_of_one_form_understand_each_other_and_others_do_not(ChannelCipher form)
    {
        QsmpDuplexListenOptions options = new()
        {
            Keys = [Keys.Responder],
            TrustedKeys = TrustedKeys.Of(Keys.Initiator.GetPublicKey(QsmpMode.Duplex)),
            Cipher = form,
            TimeProvider = Clock,
        };
        await using QsmpDuplexListener listener = QsmpDuplexPeer.Listen(AnyPort, options, TestServer.EchoAsync);
        await AssertEchoAsync(await QsmpDuplexPeer.ConnectAsync(
            listener.LocalEndPoint,
            Keys.Initiator,
            Keys.Responder.GetPublicKey(QsmpMode.Duplex),
            new QsmpDuplexConnectOptions { Cipher = form, TimeProvider = Clock }));
        await Assert.ThrowsAsync<ChannelException>(() => QsmpDuplexPeer.ConnectAsync(
            listener.LocalEndPoint,
            Keys.Initiator,
            Keys.Responder.GetPublicKey(QsmpMode.Duplex),
            new QsmpDuplexConnectOptions { TimeProvider = Clock }));
    }

    [Fact]
    public void No_form_is_used_that_was_not_asked_for()
    {
        Assert.Equal(ChannelCipher.Rcs, new QstpClientOptions().Cipher);
        Assert.Equal(ChannelCipher.Rcs, QsmpDuplexConnectOptions.Default.Cipher);
        Assert.Throws<ArgumentOutOfRangeException>(() => new QstpClientOptions { Cipher = (ChannelCipher)9 });
    }

    private static async Task AssertEchoAsync(SecureChannel channel)
    {
        await using (channel)
        {
            Assert.NotEqual(ChannelCipher.Rcs, channel.GetStatus().Cipher);
            byte[] buffer = new byte[100];
            for (int round = 0; round < 3; round++)
            {
                await channel.SendAsync("hello"u8.ToArray());
                Assert.Equal(5, await channel.ReceiveAsync(buffer));
                await channel.RatchetAsync();
            }

            await channel.CloseAsync();
        }
    }
}
