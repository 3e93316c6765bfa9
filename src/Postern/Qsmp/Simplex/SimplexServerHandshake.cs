using System.Security.Cryptography;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;

namespace Postern.Qsmp.Simplex;

/// <summary>The server's side. The key identity in the first packet chooses among its keys. (QSMP §2)</summary>
internal sealed class SimplexServerHandshake(IReadOnlyList<QsmpPrivateKey> keys, WireClock clock, RandomSource random)
    : SimplexHandshake(clock, random)
{
    private QsmpPrivateKey? _key;
    private Transcript? _transcript;
    private SecretBytes? _kemSecretKey;
    private ChannelKeys? _keys;

    public override ReadOnlySpan<byte> TranscriptValue => _transcript is null ? [] : _transcript.Value;

    public override string? LocalName => _key?.KeyIdentity;

    private QsmpPrivateKey Key => _key ?? throw new InvalidOperationException("No client has asked for a key yet.");

    // The reference server reports every header failure of the first packet, and only of that, as out of sequence. (§1.9)
    protected override HandshakePacket[] CreatePackets() =>
    [
        new()
        {
            Flag = QsmpProtocol.ConnectRequestFlag,
            Sequence = 0,
            Size = () => ConnectRequestSize,
            Read = ReadConnectRequest,
            HeaderErrorCode = (byte)QsmpErrorCode.OutOfSequence,
        },
        new()
        {
            Flag = QsmpProtocol.ConnectResponseFlag,
            Sequence = 0,
            Size = () => ConnectResponseSize(Key.Suite),
            Write = WriteConnectResponse,
            IsCostly = true,
        },
        new()
        {
            Flag = QsmpProtocol.ExchangeRequestFlag,
            Sequence = 1,
            Size = () => ExchangeRequestSize(Key.Suite),
            Read = ReadExchangeRequest,
        },
        new() { Flag = QsmpProtocol.ExchangeResponseFlag, Sequence = 1, Size = () => ExchangeResponseSize, Write = WriteExchangeResponse },
    ];

    protected override void EraseSecrets()
    {
        _kemSecretKey?.Dispose();
        _keys?.Dispose();
    }

    /// <summary>QSMP §2.2: key identity, then the key's expiry, then all of the configuration, before any costly work.</summary>
    private void ReadConnectRequest(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet[PacketHeader.Size..]);
        ReadOnlySpan<byte> identity = reader.Bytes(QsmpProtocol.KeyIdentitySize);
        ReadOnlySpan<byte> configuration = reader.Bytes(QsmpProtocol.ConfigurationFieldSize);
        reader.ExpectEnd();
        foreach (QsmpPrivateKey key in keys)
        {
            if (CryptographicOperations.FixedTimeEquals(key.Identity, identity)) _key = key;
        }

        if (_key is null)
        {
            throw Failure(ChannelError.UnknownIdentity, $"The client asks for the key {Convert.ToHexStringLower(identity)}, which this server does not have.");
        }

        if (!_key.IsValidAt(Clock.Now)) throw Expired("The key that the client asks for");
        if (!configuration.SequenceEqual(_key.Suite.ConfigurationField))
        {
            throw Failure(ChannelError.UnknownConfiguration, $"The client does not use {_key.Suite}.");
        }

        _transcript = Start(_key.Suite, _key.Identity, _key.VerificationKey);
    }

    /// <summary>QSMP §2.2: a fresh KEM key, signed together with the header.</summary>
    private void WriteConnectResponse(Span<byte> packet)
    {
        Suite suite = Key.Suite;
        WireWriter writer = new(packet);
        Span<byte> header = writer.Reserve(PacketHeader.Size);
        Span<byte> attached = writer.Reserve(AttachedSize(suite));
        Span<byte> publicKey = writer.Reserve(suite.Kem.PublicKeySize);
        writer.ExpectEnd();
        _kemSecretKey = Settings.EphemeralKeys.Take(suite.Kem, Random, publicKey);

        // ph = H(header || pk), sch2 = H(sch1 || ph).
        Span<byte> packetHash = stackalloc byte[Sha3.DigestSize256];
        Transcript.Hash(packetHash, header, publicKey);
        WriteAttached(Key, packetHash, attached, _transcript!);
    }

    /// <summary>QSMP §2.4: recovers the secret. The key is used once and erased whatever comes.</summary>
    private void ReadExchangeRequest(ReadOnlySpan<byte> packet)
    {
        Suite suite = Key.Suite;
        ReadOnlySpan<byte> ciphertext = packet[PacketHeader.Size..];
        using SecretBytes kemSecretKey = _kemSecretKey!;
        using SecretBytes secret = new(suite.Kem.SharedSecretSize);
        bool decapsulated = suite.Kem.Decapsulate(kemSecretKey.Span, ciphertext, secret.Span);

        // The same work for a ciphertext that fails: the answer tells, but not how long it took. (§6, row 19)
        _transcript!.Absorb(ciphertext);
        _keys = DeriveKeys(suite, isInitiator: false, _transcript.Value, default, secret.Span);
        if (!decapsulated) throw Failure(ChannelError.KeyEncapsulationFailed, "The client's ciphertext does not decapsulate.");
    }

    /// <summary>QSMP §2.4: seals sch3, the first use of the keys.</summary>
    private void WriteExchangeResponse(Span<byte> packet)
    {
        _keys!.Transmit.Seal(packet[..PacketHeader.Size], _transcript!.Value, packet[PacketHeader.Size..]);
        SetKeys(_keys);
        _keys = null;
    }
}
