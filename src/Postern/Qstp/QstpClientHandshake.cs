using System.Security.Cryptography;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Qstp;

/// <summary>The client's side of the handshake. It takes only a server whose chain was verified. (QSTP §6)</summary>
internal sealed class QstpClientHandshake(VerifiedServer server, WireClock clock, RandomSource random) : QstpHandshake(clock, random)
{
    private readonly Transcript _transcript = new(server.PairHash);
    private readonly byte[] _ciphertext = new byte[server.Suite.Kem.CiphertextSize];

    public override ReadOnlySpan<byte> TranscriptValue => _transcript.Value;

    public override PeerIdentity PeerIdentity => new(Convert.ToHexString(server.Serial), null);

    /// <summary>Whether the server's certificate is revoked; null where nobody asks.</summary>
    public CertificateStanding? Standing { get; init; }

    public override IChannelTrust? Trust => Standing;

    // The reference client reports every header failure as out of sequence. (§6.6)
    protected override HandshakePacket[] CreatePackets() =>
    [
        new() { Flag = QstpProtocol.ConnectRequestFlag, Sequence = 0, Size = () => ConnectRequestSize, Write = WriteConnectRequest },
        new()
        {
            Flag = QstpProtocol.ConnectResponseFlag,
            Sequence = 0,
            Size = () => ConnectResponseSize(server.Suite),
            Read = ReadConnectResponse,
            HeaderErrorCode = (byte)QstpErrorCode.OutOfSequence,
        },
        new()
        {
            Flag = QstpProtocol.ExchangeRequestFlag,
            Sequence = 1,
            Size = () => ExchangeRequestSize(server.Suite),
            Write = packet => _ciphertext.CopyTo(packet[PacketHeader.Size..]), // §6.3: the ciphertext, alone.
        },
        new()
        {
            Flag = QstpProtocol.ExchangeResponseFlag,
            Sequence = 1,
            Size = () => ExchangeResponseSize,
            Read = ReadExchangeResponse,
            HeaderErrorCode = (byte)QstpErrorCode.OutOfSequence,
        },
    ];

    // The shared secret lives only inside one method.
    protected override void EraseSecrets()
    {
    }

    /// <summary>QSTP §6.1: names the server's certificate and the configuration set.</summary>
    private void WriteConnectRequest(Span<byte> packet)
    {
        if (!server.IsValidAt(Clock.Now))
        {
            throw Failure(ChannelError.CertificateExpired, "The server's certificate has expired since it was verified.");
        }

        // Nothing is sent, as for every chain that does not verify. (§6.7)
        Standing?.ThrowIfRefused();
        WireWriter writer = new(packet[PacketHeader.Size..]);
        writer.Bytes(server.Serial);
        writer.Bytes(server.Suite.ConfigurationField);
        writer.ExpectEnd();
    }

    /// <summary>QSTP §6.2: checks the server's signed ephemeral key and encapsulates a secret to it.</summary>
    private void ReadConnectResponse(ReadOnlySpan<byte> packet)
    {
        Suite suite = server.Suite;
        WireReader reader = new(packet);
        ReadOnlySpan<byte> header = reader.Bytes(PacketHeader.Size);
        ReadOnlySpan<byte> signature = reader.Bytes(suite.Signature.SignatureSize);
        ReadOnlySpan<byte> signedHash = reader.Bytes(QstpProtocol.HashSize);
        ReadOnlySpan<byte> publicKey = reader.Bytes(suite.Kem.PublicKeySize);
        reader.ExpectEnd();

        if (!server.Verifier.Verify(signedHash, signature))
        {
            throw Failure(
                ChannelError.AuthenticationFailed,
                "The server's signature does not verify: it does not hold the key of the certificate.");
        }

        // ph covers the header too, so a changed time fails here.
        Span<byte> packetHash = stackalloc byte[QstpProtocol.HashSize];
        Transcript.Hash(packetHash, header, _transcript.Value, publicKey);
        if (!CryptographicOperations.FixedTimeEquals(packetHash, signedHash))
        {
            throw Failure(ChannelError.HashMismatch, "The connect response was altered: its signed hash is another one. Or the certificate was renewed, and one side has the former one.");
        }

        _transcript.Absorb(packetHash);
        using SecretBytes sharedSecret = new(suite.Kem.SharedSecretSize);
        if (!suite.Kem.TryEncapsulate(Random, publicKey, _ciphertext, sharedSecret.Span))
        {
            throw Failure(
                ChannelError.KeyEncapsulationFailed, "The server's ephemeral public key is malformed.", (byte)QstpErrorCode.ExchangeFailed);
        }

        _transcript.Absorb(_ciphertext);
        SetKeys(DeriveKeys(suite, _transcript, sharedSecret.Span, isInitiator: true));
    }

    /// <summary>
    /// QSTP §6.4: the server acknowledges the transcript. That is no proof that it holds the keys: the first sealed packet is.
    /// </summary>
    private void ReadExchangeResponse(ReadOnlySpan<byte> packet)
    {
        if (!CryptographicOperations.FixedTimeEquals(packet[PacketHeader.Size..], _transcript.Value))
        {
            throw Failure(ChannelError.AuthenticationFailed, "The server saw another handshake than this client.");
        }
    }
}
