using System.Collections.Concurrent;
using Postern.Qsmp;
using Postern.Qsmp.Duplex;

namespace Postern.Tests.Support;

/// <summary>QSMP keys of both sides, made once for each suite from fixed randomness. Valid for all of 2026.</summary>
internal sealed class TestKeys
{
    private static readonly ConcurrentDictionary<Suite, TestKeys> Cache = new();

    private TestKeys(Suite suite)
    {
        Responder = Generate(suite, 1);
        Initiator = Generate(suite, 2);
        Stranger = Generate(suite, 3);
    }

    /// <summary>The server's or listener's. Shared: not to be disposed of.</summary>
    public QsmpPrivateKey Responder { get; }

    /// <summary>The DUPLEX sender's.</summary>
    public QsmpPrivateKey Initiator { get; }

    /// <summary>A key that nobody knows.</summary>
    public QsmpPrivateKey Stranger { get; }

    public static TestKeys For(Suite suite) => Cache.GetOrAdd(suite, static suite => new TestKeys(suite));

    public static QsmpPrivateKey Generate(Suite suite, int seed, int days = 365) =>
        QsmpPrivateKey.Generate(suite, TimeSpan.FromDays(days), FakeClock.At("2026-01-01"), new SeededRandom(seed));

    /// <summary>The public half with another expiration, which the signature does not cover.</summary>
    public static QsmpPublicKey WithExpiration(QsmpPrivateKey key, QsmpMode mode, DateTimeOffset expiration) => new(
        mode,
        new KeyIdentification(key.Suite, (ulong)expiration.ToUnixTimeSeconds(), key.Identity.ToArray(), key.VerificationKey.ToArray()));

    public QsmpPublicKey ResponderPublic(QsmpMode mode) => Responder.GetPublicKey(mode);

    public QsmpPublicKey InitiatorPublic(QsmpMode mode) => Initiator.GetPublicKey(mode);

    /// <summary>What a listener shares among its handshakes, anew.</summary>
    public DuplexTrust Trust(TrustedKeys? trusted = null, int maxKeysTried = 64, ReplayCache? replays = null) => new(
        [Responder],
        trusted ?? TrustedKeys.Of(InitiatorPublic(QsmpMode.Duplex)),
        maxKeysTried,
        replays ?? new ReplayCache(lifetime: 121, repetitions: 8, capacity: 100));
}
