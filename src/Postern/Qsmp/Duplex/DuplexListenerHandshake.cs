using System.Security.Cryptography;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;

namespace Postern.Qsmp.Duplex;

/// <summary>
/// The side that is connected to. The sender never names itself: whose key verifies the connect request is who it is. (QSMP §3, §6 row 23)
/// </summary>
internal sealed class DuplexListenerHandshake(DuplexTrust trust, WireClock clock, RandomSource random)
    : DuplexHandshake(trust.Suite, clock, random)
{
    private readonly byte[] _confirmation = new byte[Sha3.DigestSize512];
    private QsmpPrivateKey? _own;
    private QsmpPublicKey? _sender;
    private MessageVerifier? _senderVerifier;
    private Transcript? _transcript;
    private SecretBytes? _kemSecretKey;
    private SecretBytes? _secretA;
    private byte[]? _senderKemKey;
    private ChannelKeys? _keys;

    public override ReadOnlySpan<byte> TranscriptValue => _transcript is null ? [] : _transcript.Value;

    public override PeerIdentity? PeerIdentity => _sender is null ? null : new(_sender.KeyIdentity, _sender.Fingerprint);

    public override string? LocalName => _own?.KeyIdentity;

    private QsmpPrivateKey Own => _own!;

    protected override HandshakePacket[] CreatePackets() =>
    [
        new() { Flag = QsmpProtocol.ConnectRequestFlag, Sequence = 0, Size = () => ConnectRequestSize, Read = ReadConnectRequest, IsCostly = true },
        new() { Flag = QsmpProtocol.ConnectResponseFlag, Sequence = 0, Size = () => ConnectResponseSize, Write = WriteConnectResponse, IsCostly = true },
        new() { Flag = QsmpProtocol.ExchangeRequestFlag, Sequence = 1, Size = () => ExchangeRequestSize, Read = ReadExchangeRequest, IsCostly = true },
        new() { Flag = QsmpProtocol.ExchangeResponseFlag, Sequence = 1, Size = () => ExchangeResponseSize, Write = WriteExchangeResponse, IsCostly = true },
        new() { Flag = QsmpProtocol.EstablishRequestFlag, Sequence = 2, Size = () => EstablishSize, Read = ReadEstablishRequest },
        new() { Flag = QsmpProtocol.EstablishResponseFlag, Sequence = 2, Size = () => EstablishSize, Write = WriteEstablishResponse },
    ];

    protected override void EraseSecrets()
    {
        _kemSecretKey?.Dispose();
        _secretA?.Dispose();
        _keys?.Dispose();
    }

    /// <summary>QSMP §3.2: key identity, expiry, configuration; then the signature, which tells who it is, and the hash.</summary>
    private void ReadConnectRequest(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet);
        ReadOnlySpan<byte> header = reader.Bytes(PacketHeader.Size);
        ReadOnlySpan<byte> identity = reader.Bytes(QsmpProtocol.KeyIdentitySize);
        ReadOnlySpan<byte> configuration = reader.Bytes(QsmpProtocol.ConfigurationFieldSize);
        ReadOnlySpan<byte> attached = reader.Rest();
        foreach (QsmpPrivateKey key in trust.OwnKeys)
        {
            if (CryptographicOperations.FixedTimeEquals(key.Identity, identity)) _own = key;
        }

        if (_own is null)
        {
            throw Failure(ChannelError.UnknownIdentity, $"The sender asks for the key {Convert.ToHexStringLower(identity)}, which this listener does not have.");
        }

        if (!_own.IsValidAt(Clock.Now)) throw Expired("The key that the sender asks for");
        if (!configuration.SequenceEqual(Suite.ConfigurationField)) throw Failure(ChannelError.UnknownConfiguration, $"The sender does not use {Suite}.");
        _sender = FindSender(attached);
        if (!_sender.IsValidAt(Clock.Now)) throw Expired($"The {_sender} of the sender");

        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize512];
        Transcript.Hash(packetHash, header, identity, configuration);
        CheckHash(packetHash, attached[Suite.Signature.SignatureSize..], QsmpErrorCode.VerificationFailed);
        if (!trust.Replays.TryUse(_sender.VerificationKey, packet, Clock.Now)) throw Failure(ChannelError.Replayed, $"The same request of the {_sender} came too often.");
        _senderVerifier = trust.Verifiers.Keep(_sender);
        _transcript = Start(Suite, identity, _sender.VerificationKey, _own.VerificationKey);
        _transcript.Absorb(packetHash);
    }

    // Bounded by the number of keys that are tried, and by how many of these packets are worked on at once.
    private QsmpPublicKey FindSender(ReadOnlySpan<byte> attached)
    {
        int signatureSize = Suite.Signature.SignatureSize;
        int tried = 0;
        QsmpPublicKey? expired = null;
        foreach (QsmpPublicKey key in trust.TrustedKeys.Current)
        {
            if (key.Suite != Suite || key.Mode != QsmpMode.Duplex) continue;
            if (++tried > trust.MaxKeysTried) break;
            if (!Verifies(key, attached[signatureSize..], attached[..signatureSize])) continue;
            if (key.IsValidAt(Clock.Now)) return key;
            expired = key; // The same key may be trusted a second time, with a longer life.
        }

        if (expired is not null) return expired;
        throw tried == 0
            ? Failure(ChannelError.UnknownIdentity, $"No key of {Suite} is trusted here.")
            : Failure(ChannelError.AuthenticationFailed, "The sender's signature verifies under none of the trusted keys.");
    }

    private bool Verifies(QsmpPublicKey key, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        trust.Verifiers.Find(key) is { } verifier
            ? verifier.Verify(hash, signature)
            : Suite.Signature.Verify(key.VerificationKey, hash, signature);

    /// <summary>QSMP §3.2: a fresh KEM key, signed.</summary>
    private void WriteConnectResponse(Span<byte> packet)
    {
        WireWriter writer = new(packet);
        Span<byte> header = writer.Reserve(PacketHeader.Size);
        Span<byte> attached = writer.Reserve(AttachedSize(Suite));
        Span<byte> publicKey = writer.Reserve(Suite.Kem.PublicKeySize);
        writer.ExpectEnd();
        _kemSecretKey = Settings.EphemeralKeys.Take(Suite.Kem, Random, publicKey);

        // ph2 = H(header || pkR), sch3 = H(sch2 || ph2).
        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize512];
        Transcript.Hash(packetHash, header, publicKey);
        WriteAttached(Own, packetHash, attached, _transcript!);
    }

    /// <summary>QSMP §3.3: recovers the first secret; the key is used once and erased whatever comes.</summary>
    private void ReadExchangeRequest(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet);
        ReadOnlySpan<byte> header = reader.Bytes(PacketHeader.Size);
        ReadOnlySpan<byte> ciphertext = reader.Bytes(Suite.Kem.CiphertextSize);
        ReadOnlySpan<byte> publicKey = reader.Bytes(Suite.Kem.PublicKeySize);
        ReadOnlySpan<byte> attached = reader.Rest();

        // ph3 = H(header || ctA || pkI), sch4 = H(sch3 || ph3).
        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize512];
        Transcript.Hash(packetHash, header, ciphertext, publicKey);
        CheckAttached(_sender!, _senderVerifier!, attached, packetHash, _transcript!, QsmpErrorCode.HashInvalid);
        using SecretBytes kemSecretKey = _kemSecretKey!;
        _secretA = new SecretBytes(Suite.Kem.SharedSecretSize);
        if (!Suite.Kem.Decapsulate(kemSecretKey.Span, ciphertext, _secretA.Span))
        {
            throw Failure(ChannelError.KeyEncapsulationFailed, "The sender's ciphertext does not decapsulate.");
        }

        _senderKemKey = publicKey.ToArray();
    }

    /// <summary>QSMP §3.3: the second secret's ciphertext, signed; then the keys.</summary>
    private void WriteExchangeResponse(Span<byte> packet)
    {
        WireWriter writer = new(packet);
        Span<byte> header = writer.Reserve(PacketHeader.Size);
        Span<byte> ciphertext = writer.Reserve(Suite.Kem.CiphertextSize);
        Span<byte> attached = writer.Reserve(AttachedSize(Suite));
        writer.ExpectEnd();
        using SecretBytes secretA = _secretA!;
        using SecretBytes secretB = new(Suite.Kem.SharedSecretSize);
        Encapsulate(Suite, _senderKemKey, ciphertext, secretB.Span);
        _senderKemKey = null;

        // ph4 = H(header || ctB), sch5 = H(sch4 || ph4).
        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize512];
        Transcript.Hash(packetHash, header, ciphertext);
        WriteAttached(Own, packetHash, attached, _transcript!);
        _keys = DeriveKeys(isInitiator: false, _transcript!.Value, secretA.Span, secretB.Span, Own, _sender!);
    }

    /// <summary>QSMP §3.4: the sender has the keys.</summary>
    private void ReadEstablishRequest(ReadOnlySpan<byte> packet)
    {
        OpenExpected(_keys!, packet, _transcript!.Value, QsmpErrorCode.DecryptionFailed);
        HashConfirmation(_transcript, packet, _confirmation);
    }

    /// <summary>QSMP §3.4: so has this side.</summary>
    private void WriteEstablishResponse(Span<byte> packet)
    {
        _keys!.Transmit.Seal(packet[..PacketHeader.Size], _confirmation, packet[PacketHeader.Size..]);
        SetKeys(_keys);
        _keys = null;
    }
}
