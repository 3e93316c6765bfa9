using Postern.Channels;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSMP §6, the rows that concern an established channel, each by its number.</summary>
public sealed class QsmpChannelObservationTests
{
    private static readonly Suite Suite = QsmpSuites.DilithiumS1KyberS1;
    private static readonly TestKeys Keys = TestKeys.For(Suite);
    private static readonly WireClock WireClock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));
    private static readonly HandshakeStage Duplex = HandshakeStage.Qsmp(QsmpMode.Duplex, Suite);

    private readonly byte[] _buffer = new byte[65504];

    // 2, 3, 25
    [Theory]
    [InlineData(0x12, 32, 32)]
    [InlineData(0x12, 64, 32)]
    [InlineData(0x04, 1, 0)]
    [InlineData(0x10, 2420 + 64 + 800, 2420 + 64 + 800)]
    [InlineData(0x11, 2420 + 64 + 768, 2420 + 64 + 768)]
    [InlineData(0x14, 1, 1)]
    public void A_length_that_does_not_fit_the_flag_is_refused_before_anything_is_allocated_or_decrypted(byte flag, int size, int only)
    {
        int tag = 64;
        foreach (int length in (int[])[0, 1, tag - 1, tag, tag + size - 1, tag + size + 1, tag + 33, 65537, int.MaxValue])
        {
            if (only == 0 ? length > tag && length <= 65536 : length == tag + only) continue;
            using SealedChannel channel = new(TestChannels.DuplexKeys(isInitiator: false), WireClock);
            PacketHeader header = new(flag, (uint)length, 4, WireClock.Now);
            ChannelAssert.Throws(ChannelError.InvalidLength, () => channel.CheckHeader(header));
            Assert.All(TestChannels.Ciphers(channel), cipher => Assert.False(cipher.Secrets.ContainsAnyExcept((byte)0)));
        }
    }

    // 10
    [Fact]
    public async Task A_header_split_over_segments_is_waited_for_and_a_packet_is_one_write()
    {
        DuplexPipe pipe = new() { Server = { ReadLimit = 1 } };
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(pipe);
        await sender.SendAsync(new byte[100]);
        await sender.RatchetAsync();
        await sender.SendAsync(new byte[200]);
        Assert.Equal(100, await listener.ReceiveAsync(_buffer));
        Assert.Equal(200, await listener.ReceiveAsync(_buffer));
        Assert.Equal([185, 117, 285], pipe.Client.Writes);
    }

    // 11
    [Fact]
    public async Task An_unauthenticated_end_is_an_error_and_never_a_goodbye()
    {
        DuplexPipe pipe = new();
        (_, SecureChannel listener) = TestChannels.Duplex(pipe);
        byte[] terminate = new byte[21 + 65];
        new PacketHeader(0x03, 65, 4, WireClock.Now).Write(terminate);
        await pipe.Client.WriteAsync(terminate);
        await ChannelAssert.ThrowsAsync(ChannelError.UnauthenticatedTermination, listener.ReceiveAsync(_buffer));
        Assert.Null(listener.PeerCloseCode);
    }

    // 12
    [Fact]
    public void A_forged_error_packet_ends_the_channel_and_is_not_passed_over()
    {
        using SealedChannel sender = new(TestChannels.DuplexKeys(isInitiator: true), WireClock);
        using SealedChannel listener = new(TestChannels.DuplexKeys(isInitiator: false), WireClock);
        byte[] forged = new byte[21 + 65];
        new PacketHeader(0x14, 65, 4, WireClock.Now).Write(forged);
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => listener.Receive(forged));
        ChannelAssert.Throws(ChannelError.ChannelClosed, () => listener.Receive(sender.Seal([1])));
    }

    // 13
    [Fact]
    public void Only_ratchets_may_lack_a_time_and_one_that_has_it_must_be_timely()
    {
        FakeClock late = FakeClock.At("2026-06-01");
        using SealedChannel sender = new(TestChannels.DuplexKeys(isInitiator: true), WireClock);
        using SealedChannel listener = new(TestChannels.DuplexKeys(isInitiator: false), TestChannels.ClockOf(late));
        byte[] ratchet = sender.SealRatchet(new SeededRandom(1));
        Assert.Equal(0UL, PacketHeader.Read(ratchet).Time);
        late.AdvanceSeconds(100_000);
        Assert.Equal(OpenedKind.Ratchet, listener.Receive(ratchet).Packet.Kind);
        ChannelAssert.Throws(ChannelError.ClockSkew, () => listener.Receive(sender.Seal([1])));

        using SealedChannel simplexClient = new(TestChannels.Keys(true, QsmpProtocol.Simplex, Suite), WireClock);
        using SealedChannel simplexServer = new(TestChannels.Keys(false, QsmpProtocol.Simplex, Suite), TestChannels.ClockOf(late));
        ChannelAssert.Throws(ChannelError.ClockSkew, () => simplexServer.Receive(simplexClient.SealRatchet(new SeededRandom(1))));
    }

    // 14
    [Fact]
    public void Ratchets_that_cross_and_packets_in_flight_lose_nothing()
    {
        using RatchetModel model = new(WireClock, seed: 1, watchKeys: true, isInitiator => TestChannels.DuplexKeys(isInitiator));
        foreach (bool client in (bool[])[true, false]) model.Ratchet(client);
        foreach (bool client in (bool[])[true, false]) model.Send(client);
        foreach (bool client in (bool[])[true, false]) model.ExchangeKeys(client);
        model.Settle();
        Assert.Equal((2, 1), model.KeyExchanges);
    }

    // 17
    [Fact]
    public void A_signature_of_one_state_is_worth_nothing_in_another()
    {
        // The listener's signed KEM key of the handshake, offered as its answer to an asymmetric ratchet: another hash, header included.
        Suite suite = Suite;
        byte[] response = Duplex.Packets[1];
        byte[] attached = response[PacketHeader.Size..(PacketHeader.Size + suite.Signature.SignatureSize + 64)];
        KeyExchangeRatchet exchange = new(suite, Keys.Initiator.Sign, Keys.Responder.VerificationKey.ToArray(), Sha3.DigestSize512);
        byte[] request = [.. attached, .. response[^suite.Kem.PublicKeySize..]];
        Assert.Equal(exchange.RequestSize, request.Length);
        ChannelAssert.Throws(ChannelError.HashMismatch, () => exchange.ReadRequest(request));
        Assert.Throws<ArgumentException>("key", () => KeyCheck.Require(Keys.ResponderPublic(QsmpMode.Simplex), QsmpMode.Duplex));
    }

    // 18
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(76)]
    public void The_lengths_at_which_the_mac_differs_from_the_standard_are_as_safe_as_the_others(int length)
    {
        using SealedChannel sender = new(TestChannels.DuplexKeys(isInitiator: true), WireClock);
        byte[] packet = sender.Seal(new byte[length]);
        for (int i = PacketHeader.Size; i < packet.Length; i++)
        {
            using SealedChannel listener = new(TestChannels.DuplexKeys(isInitiator: false), WireClock);
            byte[] altered = [.. packet];
            altered[i] ^= 1;
            ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => listener.Receive(altered));
        }
    }

    // 27
    [Fact]
    public async Task Many_senders_and_one_receiver_share_nothing_unlocked()
    {
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(new DuplexPipe(capacity: 5000));
        Task[] sending = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++) await sender.SendAsync(new byte[300]);
        }))];
        for (int i = 0; i < 800; i++) Assert.Equal(300, await listener.ReceiveAsync(_buffer).AsTask().WaitAsync(TestServer.HangGuard));
        await Task.WhenAll(sending);
    }
}
