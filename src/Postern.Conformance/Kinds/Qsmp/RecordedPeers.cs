using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Qsmp.Duplex;
using Postern.Qsmp.Simplex;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>The long-term keys of both sides, under a set whose KEM gives out the recorded keys and ciphertexts.</summary>
internal sealed class RecordedPeers : IDisposable
{
    private readonly QsmpPrivateKey? _initiator;

    private RecordedPeers(QsmpMode mode, RecordedKem kem, QsmpPrivateKey responder, QsmpPrivateKey? initiator)
    {
        Mode = mode;
        Kem = kem;
        Responder = responder;
        _initiator = initiator;
    }

    public QsmpMode Mode { get; }

    public RecordedKem Kem { get; }

    public Suite Suite => Responder.Suite;

    public ChannelProfile Profile => QsmpProtocol.ProfileOf(Mode);

    public int HashSize => QsmpProtocol.HashSizeOf(Mode);

    public QsmpPrivateKey Responder { get; }

    /// <summary>The initiator's key; SIMPLEX has none.</summary>
    public QsmpPrivateKey Initiator => _initiator ?? throw new FormatException("a client of SIMPLEX has no key");

    /// <summary>Reads private key files.</summary>
    /// <param name="mode">The mode of the run.</param>
    /// <param name="responderFile">The server's or listener's.</param>
    /// <param name="initiatorFile">The sender's; null in SIMPLEX.</param>
    public static RecordedPeers Parse(QsmpMode mode, byte[] responderFile, byte[]? initiatorFile)
    {
        using QsmpPrivateKey responder = QsmpPrivateKey.Parse(responderFile);
        using QsmpPrivateKey? initiator = initiatorFile is null ? null : QsmpPrivateKey.Parse(initiatorFile);
        if (initiator is not null) Expect.Equal("set of the initiator's key", responder.Suite.Name, initiator.Suite.Name);
        Suite real = responder.Suite;
        RecordedKem kem = new(real.Kem);
        Suite suite = new(real.Id, real.Name, QsmpProtocol.ConfigurationFieldSize, real.SecurityLevel, real.Signature, kem);
        return new RecordedPeers(mode, kem, responder.WithSuite(suite), initiator?.WithSuite(suite));
    }

    /// <summary>The mode that a file names.</summary>
    public static QsmpMode ModeOf(string name) => name switch
    {
        "simplex" => QsmpMode.Simplex,
        "duplex" => QsmpMode.Duplex,
        _ => throw new FormatException($"'{name}' is neither simplex nor duplex"),
    };

    public QsmpHandshake CreateInitiator(WireClock clock) => Mode == QsmpMode.Simplex
        ? new SimplexClientHandshake(Responder.GetPublicKey(Mode), clock, SignatureRandom())
        : new DuplexSenderHandshake(Initiator, Responder.GetPublicKey(Mode), clock, SignatureRandom());

    public QsmpHandshake CreateResponder(WireClock clock) => Mode == QsmpMode.Simplex
        ? new SimplexServerHandshake([Responder], clock, SignatureRandom())
        : new DuplexListenerHandshake(
            new DuplexTrust([Responder], TrustedKeys.Of(Initiator.GetPublicKey(Mode)), 1, new ReplayCache(1, 1, 1)), clock, SignatureRandom());

    public void Dispose()
    {
        Responder.Dispose();
        _initiator?.Dispose();
    }

    // No side signs more than twice; everything else that is random is the KEM's.
    private static ScriptedRandom SignatureRandom() => new(ScriptedRandom.DeterministicSignature, ScriptedRandom.DeterministicSignature);
}
