using System.Security.Cryptography;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Qstp;

/// <summary>The server's side of the handshake. The serial in the first packet chooses among its identities. (QSTP §6)</summary>
internal sealed class QstpServerHandshake(IReadOnlyList<ServerIdentity> identities, WireClock clock, RandomSource random)
    : QstpHandshake(clock, random)
{
    private ServerIdentity? _identity;
    private Transcript? _transcript;
    private SecretBytes? _kemSecretKey;

    /// <summary>Knows which certificates are revoked.</summary>
    public RevocationMonitors Revocation { get; init; } = RevocationMonitors.None;

    public override IChannelTrust? Trust => _identity is null ? null : Revocation.StandingOf(_identity.Certificate);

    public override string? LocalName => _identity?.Certificate.SerialNumber;

    /// <summary>The identity that the client asked for, once it has.</summary>
    public ServerIdentity Identity => _identity ?? throw new InvalidOperationException("No client has asked for an identity yet.");

    public override ReadOnlySpan<byte> TranscriptValue => _transcript is null ? [] : _transcript.Value;

    // The reference server reports every header failure of the first packet, and only of that, as out of sequence. (§6.6)
    protected override HandshakePacket[] CreatePackets() =>
    [
        new()
        {
            Flag = QstpProtocol.ConnectRequestFlag,
            Sequence = 0,
            Size = () => ConnectRequestSize,
            Read = ReadConnectRequest,
            HeaderErrorCode = (byte)QstpErrorCode.OutOfSequence,
        },
        new()
        {
            Flag = QstpProtocol.ConnectResponseFlag,
            Sequence = 0,
            Size = () => ConnectResponseSize(Identity.Suite),
            Write = WriteConnectResponse,
            IsCostly = true,
        },
        new()
        {
            Flag = QstpProtocol.ExchangeRequestFlag,
            Sequence = 1,
            Size = () => ExchangeRequestSize(Identity.Suite),
            Read = ReadExchangeRequest,
        },
        new()
        {
            Flag = QstpProtocol.ExchangeResponseFlag,
            Sequence = 1,
            Size = () => ExchangeResponseSize,
            Write = packet => _transcript!.Value.CopyTo(packet[PacketHeader.Size..]), // §6.4: sch2 in clear.
        },
    ];

    protected override void EraseSecrets() => _kemSecretKey?.Dispose();

    /// <summary>QSTP §6.1: serial, then the key's expiry, then the first 41 bytes of the configuration, all before any costly work.</summary>
    private void ReadConnectRequest(ReadOnlySpan<byte> packet)
    {
        WireReader reader = new(packet[PacketHeader.Size..]);
        ReadOnlySpan<byte> serial = reader.Bytes(QstpProtocol.SerialSize);
        ReadOnlySpan<byte> configuration = reader.Bytes(QstpProtocol.ConfigurationFieldSize);
        reader.ExpectEnd();

        foreach (ServerIdentity identity in identities)
        {
            if (CryptographicOperations.FixedTimeEquals(identity.Serial, serial)) _identity = identity;
        }

        if (_identity is null)
        {
            throw Failure(
                ChannelError.UnknownIdentity, $"The client asks for the certificate {Convert.ToHexString(serial)}, which this server does not have.");
        }

        if (!_identity.IsValidAt(Clock.Now))
        {
            throw Failure(ChannelError.CertificateExpired, "The certificate that the client asks for has expired.");
        }

        if (Revocation.StandingOf(_identity.Certificate)?.RefusalOfNew is { } refusal) throw refusal;

        ReadOnlySpan<byte> expected = _identity.Suite.ConfigurationField[..QstpProtocol.ComparedConfigurationSize];
        if (!configuration[..QstpProtocol.ComparedConfigurationSize].SequenceEqual(expected))
        {
            throw Failure(ChannelError.UnknownConfiguration, $"The client does not use {_identity.Suite}.");
        }

        _transcript = new Transcript(_identity.PairHash);
    }

    /// <summary>QSTP §6.2: a fresh KEM key, signed together with the header and the transcript.</summary>
    private void WriteConnectResponse(Span<byte> packet)
    {
        Suite suite = Identity.Suite;
        WireWriter writer = new(packet);
        Span<byte> header = writer.Reserve(PacketHeader.Size);
        Span<byte> signature = writer.Reserve(suite.Signature.SignatureSize);
        Span<byte> packetHash = writer.Reserve(QstpProtocol.HashSize);
        Span<byte> publicKey = writer.Reserve(suite.Kem.PublicKeySize);
        writer.ExpectEnd();

        _kemSecretKey = Settings.EphemeralKeys.Take(suite.Kem, Random, publicKey);

        // ph = H(header || sch0 || pk); sch1 = H(sch0 || ph).
        Transcript.Hash(packetHash, header, _transcript!.Value, publicKey);
        Identity.Sign(Random, packetHash, signature);
        _transcript.Absorb(packetHash);
    }

    /// <summary>QSTP §6.3: recovers the secret. The key is used once and erased whatever comes.</summary>
    private void ReadExchangeRequest(ReadOnlySpan<byte> packet)
    {
        Suite suite = Identity.Suite;
        ReadOnlySpan<byte> ciphertext = packet[PacketHeader.Size..];
        using SecretBytes kemSecretKey = _kemSecretKey!;
        using SecretBytes sharedSecret = SecretBytes.Rent(suite.Kem.SharedSecretSize);
        bool decapsulated = suite.Kem.Decapsulate(kemSecretKey.Span, ciphertext, sharedSecret.Span);

        // The same work for a ciphertext that fails: the answer tells, but not how long it took. (§13.14)
        _transcript!.Absorb(ciphertext);
        SetKeys(DeriveKeys(suite, _transcript, sharedSecret.Span, isInitiator: false));
        if (!decapsulated)
        {
            throw Failure(ChannelError.KeyEncapsulationFailed, "The client's ciphertext does not decapsulate.");
        }
    }
}
