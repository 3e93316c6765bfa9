using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;

namespace Postern.Qsmp.Simplex;

/// <summary>The client's side. It holds the server's public key and stays anonymous. (QSMP §2)</summary>
internal sealed class SimplexClientHandshake(QsmpPublicKey server, WireClock clock, RandomSource random) : SimplexHandshake(clock, random)
{
    private readonly Transcript _transcript = Start(server.Suite, server.Identity, server.VerificationKey);
    private readonly byte[] _ciphertext = new byte[server.Suite.Kem.CiphertextSize];
    private ChannelKeys? _keys;

    public override ReadOnlySpan<byte> TranscriptValue => _transcript.Value;

    public override PeerIdentity PeerIdentity => new(server.KeyIdentity, server.Fingerprint);

    // The reference client reports every header failure as out of sequence. (§1.9)
    protected override HandshakePacket[] CreatePackets() =>
    [
        new() { Flag = QsmpProtocol.ConnectRequestFlag, Sequence = 0, Size = () => ConnectRequestSize, Write = WriteConnectRequest },
        new()
        {
            Flag = QsmpProtocol.ConnectResponseFlag,
            Sequence = 0,
            Size = () => ConnectResponseSize(server.Suite),
            Read = ReadConnectResponse,
            HeaderErrorCode = (byte)QsmpErrorCode.OutOfSequence,
        },
        new()
        {
            Flag = QsmpProtocol.ExchangeRequestFlag,
            Sequence = 1,
            Size = () => ExchangeRequestSize(server.Suite),
            Write = packet => _ciphertext.CopyTo(packet[PacketHeader.Size..]), // §2.3: the ciphertext, alone.
        },
        new()
        {
            Flag = QsmpProtocol.ExchangeResponseFlag,
            Sequence = 1,
            Size = () => ExchangeResponseSize,
            Read = ReadExchangeResponse,
            HeaderErrorCode = (byte)QsmpErrorCode.OutOfSequence,
        },
    ];

    protected override void EraseSecrets() => _keys?.Dispose();

    /// <summary>QSMP §2.1: names the server's key and the configuration set.</summary>
    private void WriteConnectRequest(Span<byte> packet)
    {
        if (!server.IsValidAt(Clock.Now)) throw ExpiredHere("The server's public key");
        WireWriter writer = new(packet[PacketHeader.Size..]);
        writer.Bytes(server.Identity);
        writer.Bytes(server.Suite.ConfigurationField);
        writer.ExpectEnd();
    }

    /// <summary>QSMP §2.3: checks the server's signed ephemeral key and encapsulates a secret to it.</summary>
    private void ReadConnectResponse(ReadOnlySpan<byte> packet)
    {
        Suite suite = server.Suite;
        WireReader reader = new(packet);
        ReadOnlySpan<byte> header = reader.Bytes(PacketHeader.Size);
        ReadOnlySpan<byte> attached = reader.Bytes(AttachedSize(suite));
        ReadOnlySpan<byte> publicKey = reader.Rest();

        // ph = H(header || pk), sch2 = H(sch1 || ph): the signed hash covers the header, so a changed time fails here.
        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize256];
        Transcript.Hash(packetHash, header, publicKey);
        CheckAttached(server, server.Verifier, attached, packetHash, _transcript, QsmpErrorCode.HashInvalid);

        using SecretBytes secret = new(suite.Kem.SharedSecretSize);
        Encapsulate(suite, publicKey, _ciphertext, secret.Span);
        _transcript.Absorb(_ciphertext);
        _keys = DeriveKeys(suite, isInitiator: true, _transcript.Value, default, secret.Span);
    }

    /// <summary>QSMP §2.4: the first packet under the keys proves that the server holds them.</summary>
    private void ReadExchangeResponse(ReadOnlySpan<byte> packet)
    {
        OpenExpected(_keys!, packet, _transcript.Value, QsmpErrorCode.AuthenticationFailed);
        SetKeys(_keys!);
        _keys = null;
    }
}
