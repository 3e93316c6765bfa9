using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;

namespace Postern.Qsmp.Duplex;

/// <summary>The side that connects. It knows the listener's public key, and the listener its own. (QSMP §3)</summary>
internal sealed class DuplexSenderHandshake(QsmpPrivateKey own, QsmpPublicKey listener, WireClock clock, RandomSource random)
    : DuplexHandshake(listener.Suite, clock, random)
{
    private readonly Transcript _transcript = Start(listener.Suite, listener.Identity, own.VerificationKey, listener.VerificationKey);
    private readonly byte[] _confirmation = new byte[Sha3.DigestSize512];
    private readonly byte[] _ciphertext = new byte[listener.Suite.Kem.CiphertextSize];
    private SecretBytes? _secretA;
    private SecretBytes? _kemSecretKey;
    private ChannelKeys? _keys;

    public override ReadOnlySpan<byte> TranscriptValue => _transcript.Value;

    public override PeerIdentity PeerIdentity => new(listener.KeyIdentity, listener.Fingerprint);

    // The reference sender reports every header failure of the last packet, and only of that, as out of sequence. (§1.9)
    protected override HandshakePacket[] CreatePackets() =>
    [
        new() { Flag = QsmpProtocol.ConnectRequestFlag, Sequence = 0, Size = () => ConnectRequestSize, Write = WriteConnectRequest },
        new() { Flag = QsmpProtocol.ConnectResponseFlag, Sequence = 0, Size = () => ConnectResponseSize, Read = ReadConnectResponse },
        new() { Flag = QsmpProtocol.ExchangeRequestFlag, Sequence = 1, Size = () => ExchangeRequestSize, Write = WriteExchangeRequest },
        new() { Flag = QsmpProtocol.ExchangeResponseFlag, Sequence = 1, Size = () => ExchangeResponseSize, Read = ReadExchangeResponse },
        new() { Flag = QsmpProtocol.EstablishRequestFlag, Sequence = 2, Size = () => EstablishSize, Write = WriteEstablishRequest },
        new()
        {
            Flag = QsmpProtocol.EstablishResponseFlag,
            Sequence = 2,
            Size = () => EstablishSize,
            Read = ReadEstablishResponse,
            HeaderErrorCode = (byte)QsmpErrorCode.OutOfSequence,
        },
    ];

    protected override void EraseSecrets()
    {
        _secretA?.Dispose();
        _kemSecretKey?.Dispose();
        _keys?.Dispose();
    }

    /// <summary>QSMP §3.1: names the listener's key, and proves who asks.</summary>
    private void WriteConnectRequest(Span<byte> packet)
    {
        if (!listener.IsValidAt(Clock.Now)) throw ExpiredHere("The listener's public key");
        if (!own.IsValidAt(Clock.Now)) throw ExpiredHere("Our own key");
        WireWriter writer = new(packet);
        Span<byte> header = writer.Reserve(PacketHeader.Size);
        writer.Bytes(listener.Identity);
        writer.Bytes(Suite.ConfigurationField);
        Span<byte> attached = writer.Reserve(AttachedSize(Suite));
        writer.ExpectEnd();

        // ph1 = H(header || kid || cfg), sch2 = H(sch1 || ph1).
        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize512];
        Transcript.Hash(packetHash, header, listener.Identity, Suite.ConfigurationField);
        WriteAttached(own, packetHash, attached, _transcript);
    }

    /// <summary>QSMP §3.3: checks the listener's signed ephemeral key and encapsulates the first secret to it.</summary>
    private void ReadConnectResponse(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet);
        ReadOnlySpan<byte> header = reader.Bytes(PacketHeader.Size);
        ReadOnlySpan<byte> attached = reader.Bytes(AttachedSize(Suite));
        ReadOnlySpan<byte> publicKey = reader.Rest();

        // ph2 = H(header || pkR), sch3 = H(sch2 || ph2).
        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize512];
        Transcript.Hash(packetHash, header, publicKey);
        CheckAttached(listener, listener.Verifier, attached, packetHash, _transcript, QsmpErrorCode.VerificationFailed);
        _secretA = new SecretBytes(Suite.Kem.SharedSecretSize);
        Encapsulate(Suite, publicKey, _ciphertext, _secretA.Span);
    }

    /// <summary>QSMP §3.3: the first secret's ciphertext and our own ephemeral key, signed.</summary>
    private void WriteExchangeRequest(Span<byte> packet)
    {
        WireWriter writer = new(packet);
        Span<byte> header = writer.Reserve(PacketHeader.Size);
        writer.Bytes(_ciphertext);
        Span<byte> publicKey = writer.Reserve(Suite.Kem.PublicKeySize);
        Span<byte> attached = writer.Reserve(AttachedSize(Suite));
        writer.ExpectEnd();
        _kemSecretKey = new SecretBytes(Suite.Kem.SecretKeySize);
        Suite.Kem.GenerateKeyPair(Random, publicKey, _kemSecretKey.Span);

        // ph3 = H(header || ctA || pkI), sch4 = H(sch3 || ph3).
        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize512];
        Transcript.Hash(packetHash, header, _ciphertext, publicKey);
        WriteAttached(own, packetHash, attached, _transcript);
    }

    /// <summary>QSMP §3.4: recovers the second secret; the key is used once and erased whatever comes.</summary>
    private void ReadExchangeResponse(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet);
        ReadOnlySpan<byte> header = reader.Bytes(PacketHeader.Size);
        ReadOnlySpan<byte> ciphertext = reader.Bytes(Suite.Kem.CiphertextSize);
        ReadOnlySpan<byte> attached = reader.Rest();

        // ph4 = H(header || ctB), sch5 = H(sch4 || ph4).
        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize512];
        Transcript.Hash(packetHash, header, ciphertext);
        CheckAttached(listener, listener.Verifier, attached, packetHash, _transcript, QsmpErrorCode.VerificationFailed);

        using SecretBytes secretA = _secretA!;
        using SecretBytes kemSecretKey = _kemSecretKey!;
        using SecretBytes secretB = new(Suite.Kem.SharedSecretSize);
        bool decapsulated = Suite.Kem.Decapsulate(kemSecretKey.Span, ciphertext, secretB.Span);
        _keys = DeriveKeys(isInitiator: true, _transcript.Value, secretA.Span, secretB.Span, own, listener);
        if (!decapsulated) throw Failure(ChannelError.KeyEncapsulationFailed, "The listener's ciphertext does not decapsulate.");
    }

    /// <summary>QSMP §3.4: proves that this side has the keys.</summary>
    private void WriteEstablishRequest(Span<byte> packet)
    {
        _keys!.Transmit.Seal(packet[..PacketHeader.Size], _transcript.Value, packet[PacketHeader.Size..]);
        HashConfirmation(_transcript, packet, _confirmation);
    }

    /// <summary>QSMP §3.4: the listener has them too.</summary>
    private void ReadEstablishResponse(ReadOnlySpan<byte> packet)
    {
        OpenExpected(_keys!, packet, _confirmation, QsmpErrorCode.DecryptionFailed);
        SetKeys(_keys!);
        _keys = null;
    }
}
