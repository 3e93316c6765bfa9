using System.Buffers.Binary;
using System.Net.Sockets;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>
/// QSTP §13, item by item: the weaknesses of the reference that this implementation does not have. Each test is the shortest proof;
/// the suites beside it go further. Not here, because the wire format decides them: 11 (clients are anonymous to the protocol; an
/// application authenticates them inside the tunnel) and 21 (flag, length, sequence and time are in clear).
/// </summary>
public sealed class SecurityObservationTests
{
    private static readonly Suite Suite = QstpSuites.DilithiumS1KyberS1;
    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");
    private static readonly WireClock WireClock = TestChannels.ClockOf(Clock);
    private static readonly TestAuthority Authority = TestAuthority.For(Suite);
    private static readonly HandshakeStage Stage = new(Suite);

    private readonly byte[] _buffer = new byte[65504];

    // 1
    [Fact]
    public async Task A_failed_handshake_does_not_touch_another_connection()
    {
        await using TestServer server = TestServer.StartEcho();
        await using SecureChannel first = await server.ConnectAsync();
        for (int i = 0; i < 5; i++)
        {
            using Socket aborted = await server.ConnectBareAsync();
            await aborted.SendAsync(new byte[79]);
        }

        await TestServer.CheckEchoAsync(first);
        await server.CheckServesAsync();
    }

    // 2
    [Fact]
    public async Task A_connection_that_ended_leaves_nothing_behind()
    {
        await using TestServer server = TestServer.StartEcho();
        for (int i = 0; i < 50; i++) await server.CheckServesAsync();
        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 0);

        // Draining waits for whatever still runs; descriptors are counted in ServerLimitTests.
        Assert.True(await server.Server.DrainAsync().WaitAsync(TestServer.HangGuard));
    }

    // 3
    [Fact]
    public async Task An_abrupt_end_of_the_client_is_an_end_and_no_endless_loop()
    {
        DuplexPipe pipe = new();
        (_, SecureChannel server) = TestChannels.Secure(pipe);
        Task<int> receiving = server.ReceiveAsync(_buffer).AsTask();
        pipe.Client.CompleteWriting();
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, () => receiving);
    }

    // 4
    [Fact]
    public async Task A_full_server_refuses_politely_and_goes_on_accepting()
    {
        await using TestServer server = TestServer.StartEcho(new ConnectionLimits { MaxConnections = 1 });
        await using (await server.ConnectAsync())
        {
            await TestServer.UntilAsync(() => server.Server.ConnectionCount == 1);
            for (int i = 0; i < 3; i++)
            {
                ChannelException refused = await ChannelAssert.ThrowsAsync(ChannelError.PeerReportedError, () => server.ConnectAsync());
                Assert.Equal((byte)0x0B, refused.PeerCode);
            }
        }

        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 0);
        await server.CheckServesAsync();
    }

    // 5
    [Fact]
    public async Task A_hundred_idle_connections_do_not_block_the_service()
    {
        // As many as the reference has slots. That they are dropped at a deadline is in ServerLimitTests.
        await using TestServer server = TestServer.StartEcho();
        List<Socket> idle = [];
        for (int i = 0; i < 100; i++) idle.Add(await server.ConnectBareAsync());
        await server.CheckServesAsync();
        await TestServer.UntilAsync(() => server.Server.PendingHandshakeCount == 100);
        idle.ForEach(socket => socket.Dispose());
    }

    // 6
    [Fact]
    public void A_request_is_refused_before_any_key_is_made_or_signature_computed()
    {
        foreach (int offset in new[] { 0, 1, 5, 20, 21, 40 })
        {
            using QstpServerHandshake server = new([Authority.Identity(Clock)], WireClock, new ForbiddenRandom());
            byte[] request = [.. Stage.Packets[0]];
            request[offset] ^= 0x40;
            Assert.Throws<ChannelException>(() => server.Read(request));
        }

        using Handshake genuine = Stage.NewServer();
        genuine.Read(Stage.Packets[0]);
        Assert.True(genuine.NextIsCostly);
    }

    // 7
    [Fact]
    public async Task A_message_larger_than_the_handlers_buffer_overruns_nothing()
    {
        DuplexPipe pipe = new();
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(pipe);
        await client.SendAsync(new byte[4000]);
        byte[] memory = new byte[3000];
        await Assert.ThrowsAsync<ArgumentException>(() => server.ReceiveAsync(memory.AsMemory(0, 1500)).AsTask());
        Assert.False(memory.AsSpan().ContainsAnyExcept((byte)0));
    }

    // 8
    [Fact]
    public void The_ephemeral_private_key_is_erased_when_the_peer_vanishes()
    {
        Handshake server = Stage.ReceiverOf(3);
        SecretBytes key = Inside.Secret(server, "_kemSecretKey");
        Assert.True(key.Span.ContainsAnyExcept((byte)0));
        HeldSecret held = new(key);
        server.Dispose();
        Assert.True(held.IsErased);
    }

    // 9
    [Fact]
    public async Task Closing_beside_a_pending_receive_frees_nothing_that_is_in_use()
    {
        for (int i = 0; i < 200; i++)
        {
            (SecureChannel client, SecureChannel server) = TestChannels.Secure(new DuplexPipe());
            Task<int> receiving = Task.Run(() => server.ReceiveAsync(_buffer).AsTask());
            await client.SendAsync(new byte[100]);
            await server.DisposeAsync();
            try
            {
                Assert.Equal(100, await receiving);
            }
            catch (ChannelException exception)
            {
                Assert.Equal(ChannelError.ChannelClosed, exception.Error);
            }
        }
    }

    // 10
    [Fact]
    public async Task Stopping_waits_for_those_who_still_use_the_server()
    {
        TaskCompletionSource mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TestServer server = TestServer.Start((_, _) => mayEnd.Task);
        await using SecureChannel channel = await server.ConnectAsync();
        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 1);
        ValueTask stopping = server.Server.DisposeAsync();
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, channel.ReceiveAsync(_buffer));
        Assert.False(stopping.IsCompleted);
        mayEnd.SetResult();
        await stopping;
    }

    // 12
    [Fact]
    public void Only_times_and_the_42nd_byte_of_the_configuration_escape_the_transcript_and_nothing_depends_on_them()
    {
        byte[] request = [.. Stage.Packets[0]];
        request[13] ^= 1;
        request[^1] ^= 0xFF;
        using Handshake server = Stage.NewServer();
        server.Read(request);
        Assert.Equal(Stage.KeyPairs, Stage.Finish(server, 1));
    }

    // 13
    [Fact]
    public void The_servers_last_packet_alone_lets_nobody_speak_for_it()
    {
        // Anyone can compute the fourth packet from what was on the wire; without the keys the first sealed packet fails.
        using Handshake client = Stage.ReceiverOf(4);
        client.Read(Stage.Packets[3]);
        using SealedChannel channel = new(client.TakeKeys(), WireClock);
        using SealedChannel impostor = TestChannels.Sealed(isInitiator: false, WireClock);
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => channel.Receive(impostor.Seal([1])));
    }

    // 14
    [Fact]
    public async Task A_handshake_error_is_a_hint_that_says_so_and_a_failed_decapsulation_does_the_same_work()
    {
        using Handshake client = Stage.ReceiverOf(2);
        (ChannelException hint, _) = await DriverRun.FailAsync(client, ErrorPacket.Of(0x02, Clock));
        Assert.Equal(ChannelError.PeerReportedError, hint.Error);
        Assert.Contains("not authenticated", hint.Message, StringComparison.Ordinal);

        byte[] request = [.. Stage.Packets[2]];
        request[30] ^= 1;
        using Handshake server = Stage.ReceiverOf(3);
        ChannelAssert.Throws(ChannelError.KeyEncapsulationFailed, () => server.Read(request));
        Assert.NotNull(Inside.Field(server, "_keys"));
    }

    // 15
    [Fact]
    public async Task An_unauthenticated_end_is_an_error_and_never_a_goodbye()
    {
        DuplexPipe pipe = new();
        (_, SecureChannel server) = TestChannels.Secure(pipe);
        byte[] terminate = new byte[21 + 33];
        new PacketHeader(0x03, 33, 3, WireClock.Now).Write(terminate);
        await pipe.Client.WriteAsync(terminate);
        await ChannelAssert.ThrowsAsync(ChannelError.UnauthenticatedTermination, server.ReceiveAsync(_buffer));
        Assert.Null(server.PeerCloseCode);
    }

    // 16
    [Fact]
    public void A_failed_tag_is_the_end_and_leaves_no_half_used_state()
    {
        using SealedChannel sender = TestChannels.Sealed(isInitiator: true, WireClock);
        using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, WireClock);
        byte[] packet = sender.Seal([1, 2, 3]);
        packet[22] ^= 1;
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => receiver.Receive(packet));
        packet[22] ^= 1;
        ChannelAssert.Throws(ChannelError.ChannelClosed, () => receiver.Receive(packet));
        Assert.All(TestChannels.Ciphers(receiver), cipher => Assert.False(cipher.Secrets.ContainsAnyExcept((byte)0)));
    }

    // 17
    [Fact]
    public void After_a_ratchet_the_two_directions_never_share_a_key()
    {
        using RatchetModel model = new(WireClock, seed: 1, watchKeys: true);
        for (int i = 0; i < 20; i++)
        {
            model.Ratchet(client: i % 2 == 0);
            model.Send(client: true);
            model.Send(client: false);
            model.Settle();
        }

        // Twenty new pairs and the first, both keys of each.
        Assert.Equal(42, model.KeyCount);
    }

    // 18
    [Fact]
    public void A_replayed_handshake_gives_other_keys_and_a_replayed_packet_is_refused()
    {
        using QstpServerHandshake server = new([Authority.Identity(Clock)], WireClock, new SeededRandom(99));
        server.Read(Stage.Packets[0]);
        HandshakePair.Write(server);
        ChannelAssert.Throws(ChannelError.KeyEncapsulationFailed, () => server.Read(Stage.Packets[2]));

        using SealedChannel sender = TestChannels.Sealed(isInitiator: true, WireClock);
        using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, WireClock);
        byte[] packet = sender.Seal([1]);
        receiver.Receive(packet);
        ChannelAssert.Throws(ChannelError.OutOfSequence, () => receiver.Receive(packet));
    }

    // 19
    [Fact]
    public void A_wrong_clock_is_named_with_its_skew()
    {
        byte[] request = [.. Stage.Packets[0]];
        BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(13), WireClock.Now + 18000);
        using Handshake server = Stage.NewServer();
        ChannelException skew = ChannelAssert.Throws(ChannelError.ClockSkew, () => server.Read(request));
        Assert.Contains("+18000 s", skew.Message, StringComparison.Ordinal);
    }

    // 20
    [Fact]
    public void Keys_can_be_replaced_while_a_connection_lives()
    {
        using RatchetModel model = new(WireClock, seed: 1, watchKeys: true);
        model.Ratchet(client: false);
        model.Settle();
        Assert.Equal(1, model.Ratchets);
    }

    // 22
    [Theory]
    [InlineData(68)]
    [InlineData(69)]
    [InlineData(70)]
    public void The_three_lengths_at_which_the_mac_differs_from_the_standard_are_as_safe_as_the_others(int length)
    {
        using SealedChannel sender = TestChannels.Sealed(isInitiator: true, WireClock);
        byte[] packet = sender.Seal(new byte[length]);
        for (int i = PacketHeader.Size; i < packet.Length; i++)
        {
            using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, WireClock);
            byte[] altered = [.. packet];
            altered[i] ^= 1;
            ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => receiver.Receive(altered));
        }
    }

    // 23
    [Fact]
    public void The_client_checks_the_root_itself_and_not_only_what_it_signed()
    {
        byte[] root = Authority.Root.ToBytes();
        root[0] ^= 1;
        ChannelAssert.Throws(
            ChannelError.CertificateInvalid, () => RootCertificate.Parse(root).Verify(Authority.Certificate, TestAuthority.PolicyAt(Clock)));
        ChannelAssert.Throws(
            ChannelError.CertificateNotYetValid,
            () => Authority.Root.Verify(Authority.Certificate, TestAuthority.PolicyAt(FakeClock.At("2025-12-31"))));
    }

    // 24
    [Fact]
    public void A_server_stops_answering_when_its_certificate_ends_even_if_its_key_file_does_not()
    {
        FakeClock clock = FakeClock.At("2026-01-01");
        using RootKey rootKey = Authority.RootKey;
        ServerCertificate shorter = rootKey.SignCertificate(Authority.Request, TimeSpan.FromDays(10), clock);
        using ServerIdentity identity = ServerIdentity.Create(Authority.Root, shorter, Authority.ServerKey, TestAuthority.PolicyAt(clock));
        ulong end = (ulong)shorter.ValidTo.ToUnixTimeSeconds();
        Assert.True(identity.IsValidAt(end));
        Assert.False(identity.IsValidAt(end + 1));
    }

    // 25
    [Fact]
    public void Secret_keys_are_written_for_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access lists instead of modes.");
        if (OperatingSystem.IsWindows()) return;
        using TemporaryFolder folder = new();
        using ServerKey key = Authority.ServerKey;
        using SecretBytes bytes = key.ToSecretBytes();
        Storage.AtomicFile.WriteSecret(folder.At("key"), bytes.Span);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.At("key")));
    }

    // 26
    [Fact]
    public void A_certificate_can_be_withdrawn_by_its_serial()
    {
        VerificationPolicy policy = TestAuthority.PolicyAt(Clock) with { DeniedSerials = new HashSet<string>(StringComparer.Ordinal) { Authority.Certificate.SerialNumber } };
        ChannelAssert.Throws(ChannelError.CertificateDenied, () => Authority.Root.Verify(Authority.Certificate, policy));
    }

    // 27
    [Fact]
    public void A_certificate_of_another_set_is_never_read_as_a_prefix()
    {
        byte[] larger = TestAuthority.For(QstpSuites.DilithiumS3KyberS3).Certificate.ToBytes();
        Assert.Throws<FormatException>(() => ServerCertificate.Parse(larger.AsSpan(0, Authority.Certificate.ToBytes().Length)));
        Assert.Throws<FormatException>(() => ServerCertificate.Parse([.. Authority.Certificate.ToBytes(), 0]));
    }

    // 28: comparing in constant time cannot be seen from outside; that near misses are refused like far ones can.
    [Fact]
    public void A_serial_that_differs_in_its_last_bit_is_as_unknown_as_any_other()
    {
        foreach (int offset in new[] { 21, 36 })
        {
            byte[] request = [.. Stage.Packets[0]];
            request[offset] ^= 1;
            using Handshake server = Stage.NewServer();
            Assert.Equal((byte)0x0F, ChannelAssert.Throws(ChannelError.UnknownIdentity, () => server.Read(request)).WireCode);
        }
    }

    private sealed class ForbiddenRandom : RandomSource
    {
        public override void Fill(Span<byte> destination) => throw new InvalidOperationException("No key is to be made here.");
    }
}
