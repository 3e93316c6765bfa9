using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Postern.Channels;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Qsmp.Duplex;
using Postern.Qsmp.Simplex;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>
/// QSMP §6, row by row: the weaknesses of the reference that this implementation does not have. Each test is the shortest proof; the
/// suites beside it go further; those of an established channel are in <see cref="QsmpChannelObservationTests"/>. Not here: 5 (an example program's buffer; a library has none) and 16 (docs/security.md says why a
/// finished handshake is enough).
/// </summary>
public sealed class QsmpSecurityObservationTests
{
    private static readonly Suite Suite = QsmpSuites.DilithiumS1KyberS1;
    private static readonly TestKeys Keys = TestKeys.For(Suite);
    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");
    private static readonly WireClock WireClock = TestChannels.ClockOf(Clock);
    private static readonly HandshakeStage Simplex = HandshakeStage.Qsmp(QsmpMode.Simplex, Suite);
    private static readonly HandshakeStage Duplex = HandshakeStage.Qsmp(QsmpMode.Duplex, Suite);
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    // 1
    [Theory]
    [InlineData(QsmpMode.Simplex)]
    [InlineData(QsmpMode.Duplex)]
    public async Task Two_hundred_failed_handshakes_each_followed_by_a_good_one_leave_one_server_as_it_was(QsmpMode mode)
    {
        await using ChannelServer server = Start(mode);
        for (int i = 0; i < 200; i++)
        {
            await FailAsync(server, mode, i);
            await using SecureChannel channel = await ConnectAsync(server, mode);
            await TestServer.CheckEchoAsync(channel);
        }

        await TestServer.UntilAsync(() => server.ConnectionCount + server.PendingHandshakeCount == 0);
    }

    // 4
    [Theory]
    [InlineData(QsmpMode.Simplex, 32)]
    [InlineData(QsmpMode.Duplex, 64)]
    public void The_ratchet_state_has_the_size_that_is_used(QsmpMode mode, int size)
    {
        using Handshake client = StageOf(mode).ReceiverOf(StageOf(mode).PacketCount);
        client.Read(StageOf(mode).Packets[^1]);
        using ChannelKeys keys = client.TakeKeys();
        Assert.Equal(size, keys.Keys.RatchetState.Length);
    }

    // 6
    [Fact]
    public async Task A_client_that_vanishes_is_gone_from_the_server()
    {
        await using ChannelServer server = Start(QsmpMode.Duplex);
        SecureChannel channel = await ConnectAsync(server, QsmpMode.Duplex);
        await TestServer.UntilAsync(() => server.ConnectionCount == 1);
        await channel.AbortAsync();
        await TestServer.UntilAsync(() => server.ConnectionCount == 0);
    }

    // 7
    [Theory]
    [InlineData(QsmpMode.Simplex)]
    [InlineData(QsmpMode.Duplex)]
    public async Task A_full_server_refuses_with_too_many_hosts_and_goes_on(QsmpMode mode)
    {
        await using ChannelServer server = Start(mode, new ConnectionLimits { MaxConnections = 1 });
        await using (await ConnectAsync(server, mode))
        {
            await TestServer.UntilAsync(() => server.ConnectionCount == 1);
            ChannelException refused = await ChannelAssert.ThrowsAsync(ChannelError.PeerReportedError, () => ConnectAsync(server, mode));
            Assert.Equal((byte)0x0B, refused.PeerCode);
        }

        await TestServer.UntilAsync(() => server.ConnectionCount == 0);
        await using SecureChannel next = await ConnectAsync(server, mode);
        await TestServer.CheckEchoAsync(next);
    }

    // 8
    [Fact]
    public async Task A_silent_connection_ends_at_the_handshakes_deadline()
    {
        await using ChannelServer server = Start(QsmpMode.Duplex, new ConnectionLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(50) });
        using Socket socket = await ConnectBareAsync(server);
        Assert.Empty(await TestServer.ReadToEndAsync(socket));
    }

    // 9
    [Fact]
    public void A_connect_request_is_checked_before_any_key_is_made_and_its_ninth_repetition_is_refused()
    {
        DuplexTrust trust = Keys.Trust();
        for (int i = 1; i <= 9; i++)
        {
            using DuplexListenerHandshake listener = new(trust, WireClock, new ForbiddenRandom());
            if (i <= 8) listener.Read(Duplex.Packets[0]);
            else Assert.Equal((byte)0x13, ChannelAssert.Throws(ChannelError.Replayed, () => listener.Read(Duplex.Packets[0])).WireCode);
        }

        using SimplexServerHandshake server = new([Keys.Responder], WireClock, new ForbiddenRandom());
        byte[] request = [.. Simplex.Packets[0]];
        request[30] ^= 1;
        ChannelAssert.Throws(ChannelError.UnknownIdentity, () => server.Read(request));
    }

    // 15
    [Fact]
    public async Task A_simplex_client_never_ratchets_unless_told_that_it_may_and_both_roles_follow()
    {
        await using ChannelServer server = Start(QsmpMode.Simplex);
        await using SecureChannel cautious = await ConnectAsync(server, QsmpMode.Simplex);
        await Assert.ThrowsAsync<NotSupportedException>(() => cautious.RatchetAsync().AsTask());
        await using SecureChannel client = await QsmpSimplexClient.ConnectAsync(
            server.LocalEndPoint, Keys.ResponderPublic(QsmpMode.Simplex), new QsmpSimplexClientOptions { TimeProvider = Clock, AllowClientRatchet = true });
        for (int i = 1; i <= 3; i++)
        {
            await client.RatchetAsync();
            await TestServer.CheckEchoAsync(client);
            SecureChannel atServer = server.GetChannels().Single(channel => channel.RatchetCount == client.RatchetCount);
            await atServer.RatchetAsync();
            await TestServer.CheckEchoAsync(client);
            Assert.Equal(2 * i, client.RatchetCount);
        }
    }

    // 19
    [Fact]
    public void A_kem_key_decapsulates_once_and_is_erased_whatever_came()
    {
        foreach (bool genuine in (bool[])[true, false])
        {
            using Handshake server = Simplex.ReceiverOf(3);
            HeldSecret key = new(Inside.Secret(server, "_kemSecretKey"));
            byte[] request = [.. Simplex.Packets[2]];
            if (!genuine) request[^1] ^= 1;
            if (genuine) server.Read(request);
            else ChannelAssert.Throws(ChannelError.KeyEncapsulationFailed, () => server.Read(request));
            Assert.True(key.IsErased);
            Assert.NotNull(Inside.Field(server, "_keys"));
        }
    }

    // 20
    [Theory]
    [InlineData(QsmpMode.Simplex)]
    [InlineData(QsmpMode.Duplex)]
    public async Task A_server_can_answer_every_failure_with_one_code(QsmpMode mode)
    {
        HandshakeStage hiding = HandshakeStage.Qsmp(mode, Suite, onlyCode: 0x04);
        foreach ((int offset, ChannelError error) in new[]
        {
            (5, ChannelError.OutOfSequence), (19, ChannelError.ClockSkew), (21, ChannelError.UnknownIdentity), (40, ChannelError.UnknownConfiguration),
        })
        {
            byte[] request = [.. hiding.Packets[0]];
            request[offset] ^= 1;
            using Handshake server = hiding.NewServer();
            (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(server, request);
            Assert.Equal(error, failure.Error);
            Assert.Equal(ErrorPacket.Of(0x04, Clock, 0x14), sent);
        }
    }

    // 21
    [Fact]
    public async Task A_reference_host_of_another_zone_is_reached_with_a_clock_offset()
    {
        QsmpSimplexServerOptions server = new() { Keys = [Keys.Responder], TimeProvider = Clock, ClockOffset = TimeSpan.FromHours(5) };
        foreach (int hours in (int[])[5, 0])
        {
            DuplexPipe pipe = new();
            Task<SecureChannel> serving = QsmpSimplexServer.AuthenticateAsync(pipe.Server, server);
            Task<SecureChannel> connecting = QsmpSimplexClient.AuthenticateAsync(
                pipe.Client,
                Keys.ResponderPublic(QsmpMode.Simplex),
                new QsmpSimplexClientOptions { TimeProvider = Clock, ClockOffset = TimeSpan.FromHours(hours) });
            if (hours == 0)
            {
                await ChannelAssert.ThrowsAsync(ChannelError.ClockSkew, () => serving);
                await ChannelAssert.ThrowsAsync(ChannelError.PeerReportedError, () => connecting);
                continue;
            }

            await using SecureChannel channel = await connecting;
            await using SecureChannel atServer = await serving;

            // What the channel says of its key is local time, whatever the wire carries.
            Assert.Equal(Clock.GetUtcNow(), channel.GetStatus().KeySince);
        }
    }

    // 22
    [Fact]
    public async Task Both_sides_keys_must_be_valid_on_both_sides()
    {
        DateTimeOffset past = Clock.GetUtcNow() - TimeSpan.FromSeconds(1);
        QsmpPublicKey expiredResponder = TestKeys.WithExpiration(Keys.Responder, QsmpMode.Duplex, past);
        QsmpPublicKey expiredInitiator = TestKeys.WithExpiration(Keys.Initiator, QsmpMode.Duplex, past);
        using QsmpPrivateKey shortLived = TestKeys.Generate(Suite, 9, days: 1);

        // Found on the side that connects, before anything is sent.
        foreach (Handshake sender in (Handshake[])
        [
            new DuplexSenderHandshake(Keys.Initiator, expiredResponder, WireClock, new SeededRandom(1)),
            new DuplexSenderHandshake(shortLived, Keys.ResponderPublic(QsmpMode.Duplex), WireClock, new SeededRandom(1)),
            new SimplexClientHandshake(TestKeys.WithExpiration(Keys.Responder, QsmpMode.Simplex, past), WireClock, new SeededRandom(1)),
        ])
        {
            (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(sender);
            Assert.Equal(ChannelError.KeyExpired, failure.Error);
            Assert.Empty(sent);
            sender.Dispose();
        }

        // And by the side that is asked.
        using DuplexListenerHandshake refusing = new(Keys.Trust(TrustedKeys.Of(expiredInitiator)), WireClock, new SeededRandom(1));
        Assert.Equal((byte)0x0E, ChannelAssert.Throws(ChannelError.KeyExpired, () => refusing.Read(Duplex.Packets[0])).WireCode);
        FakeClock nextYear = FakeClock.At("2027-06-01");
        foreach (QsmpMode mode in Enum.GetValues<QsmpMode>())
        {
            WireClock clock = TestChannels.ClockOf(nextYear);
            byte[] request = [.. StageOf(mode).Packets[0]];
            BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(13), clock.Now);
            using Handshake responder = mode == QsmpMode.Simplex
                ? new SimplexServerHandshake([Keys.Responder], clock, new SeededRandom(1))
                : new DuplexListenerHandshake(Keys.Trust(), clock, new SeededRandom(1));
            Assert.Equal((byte)0x0E, ChannelAssert.Throws(ChannelError.KeyExpired, () => responder.Read(request)).WireCode);
        }
    }

    // 23
    [Fact]
    public void A_listener_tells_its_peers_apart_by_whose_key_verifies()
    {
        using QsmpPrivateKey other = TestKeys.Generate(Suite, 11);
        TrustedKeys trusted = TrustedKeys.Of(other.GetPublicKey(QsmpMode.Duplex), Keys.InitiatorPublic(QsmpMode.Duplex));
        using DuplexListenerHandshake listener = new(Keys.Trust(trusted), WireClock, new SeededRandom(1));
        listener.Read(Duplex.Packets[0]);
        Assert.Equal(Keys.Initiator.KeyIdentity, listener.PeerIdentity!.Name);
    }

    // 24
    [Fact]
    public void Secret_keys_are_written_for_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access lists instead of modes.");
        if (OperatingSystem.IsWindows()) return;
        using TemporaryFolder folder = new();
        using SecretBytes bytes = Keys.Responder.ToSecretBytes();
        Storage.AtomicFile.WriteSecret(folder.At("key.qskey"), bytes.Span);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.At("key.qskey")));
    }

    // 26
    [Fact]
    public async Task A_duplex_listener_serves_many_at_once_and_its_address_is_free_afterwards()
    {
        EndPoint address;
        await using (ChannelServer listener = Start(QsmpMode.Duplex))
        {
            address = listener.LocalEndPoint;
            await using SecureChannel first = await ConnectAsync(listener, QsmpMode.Duplex);
            await using SecureChannel second = await ConnectAsync(listener, QsmpMode.Duplex);
            await TestServer.CheckEchoAsync(second);
            await TestServer.CheckEchoAsync(first);
        }

        await using QsmpDuplexListener again = QsmpDuplexPeer.Listen(address, ListenOptions(), TestServer.EchoAsync);
        await using SecureChannel third = await ConnectAsync(again, QsmpMode.Duplex);
        await TestServer.CheckEchoAsync(third);
    }

    // 28: comparing in constant time cannot be seen from outside; that near misses are refused like far ones can.
    [Fact]
    public void A_key_identity_that_differs_so_that_its_sum_does_not_is_unknown()
    {
        foreach (HandshakeStage stage in (HandshakeStage[])[Simplex, Duplex])
        {
            byte[] request = [.. stage.Packets[0]];
            (request[21], request[22]) = ((byte)(request[21] + 1), (byte)(request[22] - 1));
            using Handshake server = stage.NewServer();
            Assert.Equal((byte)0x0F, ChannelAssert.Throws(ChannelError.UnknownIdentity, () => server.Read(request)).WireCode);
        }
    }

    private static HandshakeStage StageOf(QsmpMode mode) => mode == QsmpMode.Simplex ? Simplex : Duplex;

    private static QsmpDuplexListenOptions ListenOptions(ConnectionLimits? limits = null) => new()
    {
        Keys = [Keys.Responder],
        TrustedKeys = TrustedKeys.Of(Keys.InitiatorPublic(QsmpMode.Duplex)),
        Limits = limits ?? new ConnectionLimits { HandshakeTimeout = TestServer.HangGuard },
        TimeProvider = Clock,
    };

    private static ChannelServer Start(QsmpMode mode, ConnectionLimits? limits = null) => mode == QsmpMode.Duplex
        ? QsmpDuplexPeer.Listen(AnyPort, ListenOptions(limits), TestServer.EchoAsync)
        : QsmpSimplexServer.Start(
            AnyPort,
            new QsmpSimplexServerOptions
            {
                Keys = [Keys.Responder],
                Limits = limits ?? new ConnectionLimits { HandshakeTimeout = TestServer.HangGuard },
                TimeProvider = Clock,
            },
            TestServer.EchoAsync);

    private static Task<SecureChannel> ConnectAsync(ChannelServer server, QsmpMode mode) => mode == QsmpMode.Duplex
        ? QsmpDuplexPeer.ConnectAsync(
            server.LocalEndPoint,
            Keys.Initiator,
            Keys.ResponderPublic(mode),
            new QsmpDuplexConnectOptions { TimeProvider = Clock, HandshakeTimeout = TestServer.HangGuard })
        : QsmpSimplexClient.ConnectAsync(
            server.LocalEndPoint,
            Keys.ResponderPublic(mode),
            new QsmpSimplexClientOptions { TimeProvider = Clock, HandshakeTimeout = TestServer.HangGuard });

    private static async Task<Socket> ConnectBareAsync(ChannelServer server)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.LocalEndPoint);
        return socket;
    }

    // Each way a handshake can fail on the wire, in turn.
    private static async Task FailAsync(ChannelServer server, QsmpMode mode, int number)
    {
        byte[] request = [.. StageOf(mode).Packets[0]];
        using Socket socket = await ConnectBareAsync(server);
        switch (number % 5)
        {
            case 0:
                break;
            case 1:
                await socket.SendAsync(request.AsMemory(0, 50));
                break;
            case 2:
                request[25] ^= 1;
                await socket.SendAsync(request);
                break;
            case 3:
                await socket.SendAsync(new byte[request.Length]);
                break;
            default:
                // As far as the server's first packet; then nonsense.
                await socket.SendAsync(request);
                await socket.ReceiveAsync(new byte[10]);
                await socket.SendAsync(new byte[5000]);
                break;
        }
    }

    private sealed class ForbiddenRandom : RandomSource
    {
        public override void Fill(Span<byte> destination) => throw new InvalidOperationException("No key is to be made here.");
    }
}
