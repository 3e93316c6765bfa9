using System.Text.Json;
using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>A recorded connection of either mode, its keys inside. Both our sides replay it from its first packet to its last. (QSMP §1 to §3)</summary>
internal sealed class SessionKind : IVectorKind
{
    private const string Format = "qsmp-session-vector-1";

    public string? Recognise(VectorFile file) => file.Json.HasText("format", Format) ? "qsmp session" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        JsonElement session = file.Json;
        QsmpMode mode = RecordedPeers.ModeOf(session.Text("mode"));
        using RecordedPeers peers = SessionKeys.Load(session, mode);
        SessionKeys.Check(session, mode, checks);
        checks.Check("configuration", () => CheckConfiguration(session, peers));
        if (!checks.Check("KEM secrets", () => KemSecrets.Load(session, peers))) return;

        RecordedClock clock = new(0);
        KeyEpochs epochs = new(session, peers);
        using HandshakeReplay handshake = new(session, peers, clock);
        if (!handshake.Run(checks)) return;
        using ChannelKeys initiatorKeys = handshake.TakeInitiatorKeys();
        using ChannelKeys responderKeys = handshake.TakeResponderKeys();
        if (!checks.Check("keys of the handshake", () => epochs.CheckHandshake(initiatorKeys.Keys, responderKeys.Keys))) return;
        using SealedChannel initiator = new(initiatorKeys, clock.Wire);
        using SealedChannel responder = new(responderKeys, clock.Wire);
        using PacketReplay packets = new(session, peers, epochs, initiator, responder, clock);
        packets.Run(checks);
    }

    private static void CheckConfiguration(JsonElement session, RecordedPeers peers)
    {
        Suite suite = peers.Suite;
        Expect.Equal("config_string", session.Text("config_string"), suite.Name);
        Expect.Equal("config_wire", session.Bytes("config_wire"), suite.ConfigurationField);
        JsonElement sizes = session.Field("sizes");
        foreach ((string name, int size) in (ReadOnlySpan<(string, int)>)
        [
            ("sig", suite.Signature.SignatureSize),
            ("vk", suite.Signature.VerificationKeySize),
            ("sk", suite.Signature.SigningKeySize),
            ("pk", suite.Kem.PublicKeySize),
            ("dk", suite.Kem.SecretKeySize),
            ("ct", suite.Kem.CiphertextSize),
            ("hash", peers.HashSize),
            ("tag", peers.Profile.Rcs.TagSize),
            ("key", peers.Profile.Rcs.KeySize),
            ("nonce", peers.Profile.Rcs.NonceSize),
            ("header", Postern.Packets.PacketHeader.Size),
        ])
        {
            Expect.Equal(name, sizes.Number(name), size);
        }
    }
}
