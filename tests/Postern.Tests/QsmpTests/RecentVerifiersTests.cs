using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Qsmp.Duplex;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Which trusted keys a DUPLEX listener keeps ready, and how many.</summary>
public sealed class RecentVerifiersTests
{
    private static readonly Suite Suite = QsmpSuites.DilithiumS1KyberS1;
    private static readonly TestKeys Keys = TestKeys.For(Suite);
    private static readonly WireClock WireClock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));
    private static readonly byte[] Request = HandshakeStage.Qsmp(QsmpMode.Duplex, Suite).Packets[0];
    private static readonly QsmpPublicKey Known = Keys.InitiatorPublic(QsmpMode.Duplex);
    private static readonly QsmpPublicKey Other = Keys.Stranger.GetPublicKey(QsmpMode.Duplex);

    [Fact]
    public void Only_the_key_of_an_accepted_request_is_kept()
    {
        DuplexTrust trust = Keys.Trust(TrustedKeys.Of(Other, Known));
        byte[] altered = [.. Request];
        altered[^1] ^= 1;
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => Read(trust, altered));
        Assert.Equal(0, trust.Verifiers.Count);
        Read(trust, Request);
        Assert.Equal(1, trust.Verifiers.Count);
        Assert.NotNull(trust.Verifiers.Find(Known));
        Assert.Null(trust.Verifiers.Find(Other));
    }

    [Fact]
    public void A_replayed_request_keeps_no_key()
    {
        DuplexTrust trust = Keys.Trust(replays: new ReplayCache(lifetime: 121, repetitions: 1, capacity: 10));
        trust.Replays.TryUse(Known.VerificationKey, Request, WireClock.Now);
        ChannelAssert.Throws(ChannelError.Replayed, () => Read(trust, Request));
        Assert.Equal(0, trust.Verifiers.Count);
    }

    [Fact]
    public void A_kept_key_accepts_and_refuses_as_its_bytes_do()
    {
        DuplexTrust trust = Keys.Trust(TrustedKeys.Of(Other, Known));
        Read(trust, Request);
        MessageVerifier kept = trust.Verifiers.Find(Known)!;
        Read(trust, Request);
        Assert.Same(kept, trust.Verifiers.Find(Known));
        for (int i = PacketHeader.Size + QsmpProtocol.KeyIdentitySize + QsmpProtocol.ConfigurationFieldSize; i < Request.Length; i += 131)
        {
            byte[] altered = [.. Request];
            altered[i] ^= 1;
            ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => Read(trust, altered));
        }
    }

    [Fact]
    public void A_kept_key_that_is_no_longer_trusted_gets_nobody_in()
    {
        List<QsmpPublicKey> trusted = [Known];
        DuplexTrust trust = Keys.Trust(TrustedKeys.From(() => trusted));
        Read(trust, Request);
        trusted[0] = Other;
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => Read(trust, Request));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(5000, DuplexTrust.MaxVerifiers)]
    public void No_more_keys_are_kept_than_may_be_tried_and_never_more_than_the_limit(int maxKeysTried, int expected)
    {
        DuplexTrust trust = Keys.Trust(maxKeysTried: maxKeysTried);
        for (int i = 0; i < expected + 5; i++) trust.Verifiers.Keep(PublicKey(100 + i));
        Assert.Equal(expected, trust.Verifiers.Count);
    }

    [Fact]
    public void The_key_that_was_not_proved_for_longest_goes_first()
    {
        RecentVerifiers verifiers = new(2);
        QsmpPublicKey[] keys = [PublicKey(10), PublicKey(11), PublicKey(12)];
        MessageVerifier first = verifiers.Keep(keys[0]);
        verifiers.Keep(keys[1]);
        Assert.Same(first, verifiers.Keep(keys[0]));
        verifiers.Keep(keys[2]);
        Assert.Same(first, verifiers.Find(keys[0]));
        Assert.Null(verifiers.Find(keys[1]));
        Assert.NotNull(verifiers.Find(keys[2]));
    }

    [Fact]
    public void A_key_that_begins_like_another_is_not_taken_for_it()
    {
        byte[] bytes = Known.VerificationKey.ToArray();
        bytes[^1] ^= 1;
        QsmpPublicKey copy = new(QsmpMode.Duplex, new KeyIdentification(Suite, Known.ExpirationSeconds, new byte[16], bytes));
        RecentVerifiers verifiers = new(4);
        verifiers.Keep(Known);
        Assert.Null(verifiers.Find(copy));
        Assert.NotSame(verifiers.Find(Known), verifiers.Keep(copy));
    }

    private static QsmpPublicKey PublicKey(int seed)
    {
        using QsmpPrivateKey key = TestKeys.Generate(Suite, seed);
        return key.GetPublicKey(QsmpMode.Duplex);
    }

    private static void Read(DuplexTrust trust, byte[] request)
    {
        using DuplexListenerHandshake listener = new(trust, WireClock, new SeededRandom(1));
        listener.Read(request);
        Assert.Equal(Keys.Initiator.KeyIdentity, listener.PeerIdentity!.Name);
    }
}
