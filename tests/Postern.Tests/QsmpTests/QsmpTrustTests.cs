using Postern.Packets;
using Postern.Qsmp;
using Postern.Qsmp.Duplex;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Whom a DUPLEX listener accepts, and how often the same request. (QSMP §6, rows 9, 22, 23)</summary>
public sealed class QsmpTrustTests
{
    private static readonly Suite Suite = QsmpSuites.DilithiumS1KyberS1;
    private static readonly TestKeys Keys = TestKeys.For(Suite);
    private static readonly WireClock WireClock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));
    private static readonly byte[] Request = HandshakeStage.Qsmp(QsmpMode.Duplex, Suite).Packets[0];
    private static readonly QsmpPublicKey Known = Keys.InitiatorPublic(QsmpMode.Duplex);
    private static readonly QsmpPublicKey Other = Keys.Stranger.GetPublicKey(QsmpMode.Duplex);

    [Fact]
    public void A_key_that_is_taken_away_gets_nobody_in_any_more()
    {
        List<QsmpPublicKey> trusted = [Known];
        TrustedKeys keys = TrustedKeys.From(() => trusted);
        Read(keys);
        trusted.Clear();
        Assert.Equal((byte)0x0F, ChannelAssert.Throws(ChannelError.UnknownIdentity, () => Read(keys)).WireCode);
        trusted.Add(Other);
        Assert.Equal((byte)0x02, ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => Read(keys)).WireCode);
    }

    [Fact]
    public void Keys_of_other_sets_and_modes_are_neither_tried_nor_counted()
    {
        QsmpPublicKey larger = TestKeys.For(QsmpSuites.DilithiumS3KyberS3).InitiatorPublic(QsmpMode.Duplex);
        QsmpPublicKey simplex = Keys.InitiatorPublic(QsmpMode.Simplex);
        Read(TrustedKeys.Of(larger, larger, simplex, simplex, Known), maxKeysTried: 1);
        ChannelAssert.Throws(ChannelError.UnknownIdentity, () => Read(TrustedKeys.Of(larger, simplex)));
    }

    [Fact]
    public void No_more_keys_are_tried_than_allowed()
    {
        TrustedKeys keys = TrustedKeys.Of(Other, Other, Known);
        Read(keys, maxKeysTried: 3);
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => Read(keys, maxKeysTried: 2));
    }

    [Fact]
    public void The_eighth_repetition_is_the_last_until_the_request_is_forgotten()
    {
        ReplayCache cache = new(lifetime: 121, repetitions: 8, capacity: 10);
        for (int i = 0; i < 8; i++) Assert.True(cache.TryUse([1], [1], 1000));
        Assert.False(cache.TryUse([1], [1], 1000));
        Assert.True(cache.TryUse([1], [2], 1000));
        Assert.False(cache.TryUse([1], [1], 1121));
        Assert.True(cache.TryUse([1], [1], 1122));
        Assert.False(cache.TryUse([1], [1], 1122) && !cache.TryUse([1], [1], 1122));
    }

    [Fact]
    public void A_sender_with_too_many_requests_pushes_out_its_own_and_nobody_elses()
    {
        ReplayCache cache = new(lifetime: 121, repetitions: 1, capacity: 3);
        Assert.True(cache.TryUse([7], [9], 1000));
        for (byte i = 0; i < 4; i++) Assert.True(cache.TryUse([1], [i], 1000u + i));
        Assert.True(cache.TryUse([1], [0], 1004));
        Assert.False(cache.TryUse([1], [3], 1004));
        Assert.False(cache.TryUse([7], [9], 1004));
    }

    [Fact]
    public void A_request_that_was_replayed_is_remembered_for_as_long_as_any_clock_in_the_window_would_take_it()
    {
        // Sent by a peer whose clock is 60 s ahead, it is timely for 120 s more.
        QsmpDuplexListenOptions options = new() { Keys = [Keys.Responder], TrustedKeys = TrustedKeys.Of(Known), MaxRequestRepetitions = 1 };
        ReplayCache replays = options.CreateTrust().Replays;
        Assert.True(replays.TryUse([7], [1], 1000));
        Assert.False(replays.TryUse([7], [1], 1120));
    }

    [Fact]
    public void Peers_of_different_sets_or_with_a_key_of_the_other_mode_are_the_callers_mistake()
    {
        QsmpPublicKey larger = TestKeys.For(QsmpSuites.DilithiumS3KyberS3).ResponderPublic(QsmpMode.Duplex);
        System.Net.IPEndPoint nowhere = new(System.Net.IPAddress.Loopback, 1);
        Assert.Throws<ArgumentException>("peer", () => { _ = QsmpDuplexPeer.ConnectAsync(nowhere, Keys.Initiator, larger); });
        Assert.Throws<ArgumentException>("key", () => { _ = QsmpDuplexPeer.ConnectAsync(nowhere, Keys.Initiator, Keys.ResponderPublic(QsmpMode.Simplex)); });
        Assert.Throws<ArgumentException>("key", () => { _ = QsmpSimplexClient.ConnectAsync(nowhere, Known); });
        Assert.Throws<ArgumentException>(() => new QsmpDuplexListenOptions
        {
            Keys = [Keys.Responder, TestKeys.For(QsmpSuites.DilithiumS3KyberS3).Responder],
            TrustedKeys = TrustedKeys.Of(Known),
        });
    }

    private static void Read(TrustedKeys keys, int maxKeysTried = 64)
    {
        using DuplexListenerHandshake listener = new(Keys.Trust(keys, maxKeysTried), WireClock, new SeededRandom(1));
        listener.Read(Request);
        Assert.Equal(Keys.Initiator.KeyIdentity, listener.PeerIdentity!.Name);
    }
}
