using System.Text.Json;
using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>
/// Our client and our server run the recorded handshake against each other: every packet must be the recorded one, every transcript
/// value and key too. (QSTP §6)
/// </summary>
internal sealed class HandshakeReplay : IDisposable
{
    private readonly JsonElement _packets;
    private readonly JsonElement _derived;
    private readonly RecordedClock _clock;
    private readonly ServerIdentity _identity;
    private readonly VerifiedServer _verified;
    private readonly QstpClientHandshake _client;
    private readonly QstpServerHandshake _server;
    private ChannelKeys? _clientKeys;
    private ChannelKeys? _serverKeys;

    public HandshakeReplay(JsonElement session, CertificateChain chain, RecordedClock clock)
    {
        _packets = session.Field("handshake");
        _derived = session.Field("derived");
        _clock = clock;
        _clock.Set(PacketHeader.Read(_packets.Bytes("connect_request")).Time);
        _verified = chain.Verify(clock);
        _identity = chain.CreateIdentity(clock);
        _client = new QstpClientHandshake(_verified, clock.Wire, SessionSecrets.EncapsulationRandom(session));
        _server = new QstpServerHandshake([_identity], clock.Wire, SessionSecrets.KeyGenerationRandom(session));
    }

    /// <summary>Runs to the end, or to the first packet that differs.</summary>
    /// <returns>Whether both sides have keys.</returns>
    public bool Run(CheckList checks) =>
        checks.Check("schash0", () => Expect.Equal("schash0", _derived.Bytes("schash0"), _verified.PairHash))
        && checks.Check("connect_request", () => Exchange("connect_request", _client, _server))
        && checks.Check("connect_response", ExchangeConnectResponse)
        && checks.Check("exchange_request", () =>
        {
            Exchange("exchange_request", _client, _server);
            Expect.Equal("schash2 of the client", _derived.Bytes("schash2"), _client.TranscriptValue);
            Expect.Equal("schash2 of the server", _derived.Bytes("schash2"), _server.TranscriptValue);
        })
        && checks.Check("exchange_response", () => Exchange("exchange_response", _server, _client))
        && checks.Check("keys of the client", () => CheckKeys(_clientKeys = _client.TakeKeys()))
        && checks.Check("keys of the server", () => CheckKeys(_serverKeys = _server.TakeKeys()));

    public ChannelKeys TakeClientKeys() => _clientKeys ?? throw new InvalidOperationException("The handshake did not finish.");

    public ChannelKeys TakeServerKeys() => _serverKeys ?? throw new InvalidOperationException("The handshake did not finish.");

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _identity.Dispose();
        _clientKeys?.Dispose();
        _serverKeys?.Dispose();
    }

    private void ExchangeConnectResponse()
    {
        Suite suite = _identity.Suite;
        byte[] packet = _packets.Bytes("connect_response");
        Exchange("connect_response", _server, _client);
        ReadOnlySpan<byte> packetHash = packet.AsSpan(PacketHeader.Size + suite.Signature.SignatureSize, QstpProtocol.HashSize);
        Expect.Equal("phash", _derived.Bytes("phash"), packetHash);
        Expect.Equal("schash1", _derived.Bytes("schash1"), _server.TranscriptValue);
    }

    private void Exchange(string name, QstpHandshake sender, QstpHandshake receiver)
    {
        byte[] recorded = _packets.Bytes(name);
        _clock.Set(PacketHeader.Read(recorded).Time);
        byte[] packet = new byte[sender.PacketSize];
        sender.Write(packet);
        Expect.Equal("packet", recorded, packet);
        Expect.Equal("size that the peer expects", recorded.Length, receiver.PacketSize);
        receiver.Read(packet);
    }

    private void CheckKeys(ChannelKeys keys)
    {
        Expect.Equal("kdf_output", _derived.Bytes("kdf_output").AsSpan(0, keys.Keys.Pairs.Length), keys.Keys.Pairs);
        Expect.Equal("ratchet_state", _derived.Bytes("ratchet_state"), keys.Keys.RatchetState);
    }
}
