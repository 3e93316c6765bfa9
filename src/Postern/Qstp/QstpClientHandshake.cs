using System.Security.Cryptography;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp.Certificates;

namespace Postern.Qstp;

/// <summary>The client's side of the handshake. It takes only a server whose chain was verified. (QSTP §6)</summary>
internal sealed class QstpClientHandshake(VerifiedServer server, WireClock clock, RandomSource random) : QstpHandshake(clock, random)
{
    private readonly Transcript _transcript = new(server.PairHash);
    private readonly byte[] _ciphertext = new byte[server.Suite.Kem.CiphertextSize];
    private State _state = State.SendConnectRequest;
    private ChannelKeys? _keys;

    private enum State
    {
        SendConnectRequest,
        AwaitConnectResponse,
        SendExchangeRequest,
        AwaitExchangeResponse,
        Complete,
        Dead,
    }

    public override HandshakeStep Next => _state switch
    {
        State.SendConnectRequest or State.SendExchangeRequest => HandshakeStep.Send,
        State.AwaitConnectResponse or State.AwaitExchangeResponse => HandshakeStep.Receive,
        State.Complete => HandshakeStep.Complete,
        _ => throw NotIn(_state),
    };

    public override int PacketSize => _state switch
    {
        State.SendConnectRequest => ConnectRequestSize,
        State.AwaitConnectResponse => ConnectResponseSize(server.Suite),
        State.SendExchangeRequest => ExchangeRequestSize(server.Suite),
        State.AwaitExchangeResponse => ExchangeResponseSize,
        _ => throw NotIn(_state),
    };

    public override ReadOnlySpan<byte> TranscriptValue => _transcript.Value;

    public override void Write(Span<byte> packet) => Advance(_state switch
    {
        State.SendConnectRequest => WriteConnectRequest(packet),
        State.SendExchangeRequest => WriteExchangeRequest(packet),
        _ => throw NotIn(_state),
    });

    public override void ReadHeader(ReadOnlySpan<byte> header)
    {
        State state = _state;
        _state = State.Dead;
        // The reference client reports every header failure as out of sequence. (§6.6)
        if (state == State.AwaitConnectResponse)
        {
            CheckHeader(header, QstpProtocol.ConnectResponseFlag, ConnectResponseSize(server.Suite), 0, QstpErrorCode.OutOfSequence);
        }
        else
        {
            CheckHeader(header, QstpProtocol.ExchangeResponseFlag, ExchangeResponseSize, 1, QstpErrorCode.OutOfSequence);
        }

        _state = state;
    }

    public override void Read(ReadOnlySpan<byte> packet)
    {
        ReadHeader(packet);
        State state = _state;
        _state = State.Dead;
        Advance(state switch
        {
            State.AwaitConnectResponse => ReadConnectResponse(packet),
            State.AwaitExchangeResponse => ReadExchangeResponse(packet),
            _ => throw NotIn(state),
        });
    }

    public override ChannelKeys TakeKeys()
    {
        if (_state != State.Complete || _keys is null) throw NotIn(_state);
        ChannelKeys keys = _keys;
        _keys = null;
        return keys;
    }

    protected override void Dispose(bool disposing)
    {
        _state = State.Dead;
        _keys?.Dispose();
        _keys = null;
    }

    /// <summary>QSTP §6.1: names the server's certificate and the configuration set.</summary>
    private State WriteConnectRequest(Span<byte> packet)
    {
        if (!server.IsValidAt(Clock.Now))
        {
            _state = State.Dead;
            throw QstpErrors.Failure(ChannelError.CertificateExpired, "The server's certificate has expired since it was verified.");
        }

        WriteHeader(QstpProtocol.ConnectRequestFlag, 0, packet);
        WireWriter writer = new(packet[PacketHeader.Size..]);
        writer.Bytes(server.Serial);
        writer.Bytes(server.Suite.ConfigurationField);
        writer.ExpectEnd();
        return State.AwaitConnectResponse;
    }

    /// <summary>QSTP §6.2: checks the server's signed ephemeral key and encapsulates a secret to it.</summary>
    private State ReadConnectResponse(ReadOnlySpan<byte> packet)
    {
        Suite suite = server.Suite;
        WireReader reader = new(packet);
        ReadOnlySpan<byte> header = reader.Bytes(PacketHeader.Size);
        ReadOnlySpan<byte> signature = reader.Bytes(suite.Signature.SignatureSize);
        ReadOnlySpan<byte> signedHash = reader.Bytes(QstpProtocol.HashSize);
        ReadOnlySpan<byte> publicKey = reader.Bytes(suite.Kem.PublicKeySize);
        reader.ExpectEnd();

        if (!suite.Signature.Verify(server.VerificationKey, signedHash, signature))
        {
            throw QstpErrors.Failure(
                ChannelError.AuthenticationFailed,
                "The server's signature does not verify: it does not hold the key of the certificate.");
        }

        // ph covers the header too, so a changed time fails here.
        Span<byte> packetHash = stackalloc byte[QstpProtocol.HashSize];
        _transcript.HashPacket(header, publicKey, packetHash);
        if (!CryptographicOperations.FixedTimeEquals(packetHash, signedHash))
        {
            throw QstpErrors.Failure(ChannelError.HashMismatch, "The connect response was altered: its signed hash is another one.");
        }

        _transcript.Absorb(packetHash);
        using SecretBytes sharedSecret = new(suite.Kem.SharedSecretSize);
        if (!suite.Kem.TryEncapsulate(Random, publicKey, _ciphertext, sharedSecret.Span))
        {
            throw QstpErrors.Failure(
                ChannelError.KeyEncapsulationFailed, "The server's ephemeral public key is malformed.", QstpErrorCode.ExchangeFailed);
        }

        _transcript.Absorb(_ciphertext);
        _keys = DeriveKeys(suite, _transcript, sharedSecret.Span, isInitiator: true);
        return State.SendExchangeRequest;
    }

    /// <summary>QSTP §6.3: the ciphertext, alone.</summary>
    private State WriteExchangeRequest(Span<byte> packet)
    {
        WriteHeader(QstpProtocol.ExchangeRequestFlag, 1, packet);
        _ciphertext.CopyTo(packet[PacketHeader.Size..]);
        return State.AwaitExchangeResponse;
    }

    /// <summary>
    /// QSTP §6.4: the server acknowledges the transcript. That is no proof that it holds the keys: the first sealed packet is.
    /// </summary>
    private State ReadExchangeResponse(ReadOnlySpan<byte> packet)
    {
        if (!CryptographicOperations.FixedTimeEquals(packet[PacketHeader.Size..], _transcript.Value))
        {
            throw QstpErrors.Failure(ChannelError.AuthenticationFailed, "The server saw another handshake than this client.");
        }

        return State.Complete;
    }

    private void Advance(State next) => _state = next;

    private static InvalidOperationException NotIn(State state) => new($"Not possible in state {state}.");
}
