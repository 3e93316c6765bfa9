using System.Security.Cryptography;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp.Certificates;

namespace Postern.Qstp;

/// <summary>The server's side of the handshake. The serial in the first packet chooses among its identities. (QSTP §6)</summary>
internal sealed class QstpServerHandshake(IReadOnlyList<ServerIdentity> identities, WireClock clock, RandomSource random)
    : QstpHandshake(clock, random)
{
    private State _state = State.AwaitConnectRequest;
    private ServerIdentity? _identity;
    private Transcript? _transcript;
    private SecretBytes? _kemSecretKey;
    private ChannelKeys? _keys;

    private enum State
    {
        AwaitConnectRequest,
        SendConnectResponse,
        AwaitExchangeRequest,
        SendExchangeResponse,
        Complete,
        Dead,
    }

    public override HandshakeStep Next => _state switch
    {
        State.AwaitConnectRequest or State.AwaitExchangeRequest => HandshakeStep.Receive,
        State.SendConnectResponse or State.SendExchangeResponse => HandshakeStep.Send,
        State.Complete => HandshakeStep.Complete,
        _ => throw NotIn(_state),
    };

    public override int PacketSize => _state switch
    {
        State.AwaitConnectRequest => ConnectRequestSize,
        State.SendConnectResponse => ConnectResponseSize(Identity.Suite),
        State.AwaitExchangeRequest => ExchangeRequestSize(Identity.Suite),
        State.SendExchangeResponse => ExchangeResponseSize,
        _ => throw NotIn(_state),
    };

    public override ReadOnlySpan<byte> TranscriptValue => _transcript is null ? [] : _transcript.Value;

    public override bool NextIsCostly => _state is State.SendConnectResponse;

    /// <summary>The identity that the client asked for, once it has.</summary>
    public ServerIdentity Identity => _identity ?? throw NotIn(_state);

    public override void Write(Span<byte> packet)
    {
        State state = _state;
        _state = State.Dead;
        _state = state switch
        {
            State.SendConnectResponse => WriteConnectResponse(packet),
            State.SendExchangeResponse => WriteExchangeResponse(packet),
            _ => throw NotIn(state),
        };
    }

    public override void ReadHeader(ReadOnlySpan<byte> header)
    {
        State state = _state;
        _state = State.Dead;
        if (state == State.AwaitConnectRequest)
        {
            // The reference server reports every header failure of the first packet as out of sequence. (§6.6)
            CheckHeader(header, QstpProtocol.ConnectRequestFlag, ConnectRequestSize, 0, QstpErrorCode.OutOfSequence);
        }
        else
        {
            CheckHeader(header, QstpProtocol.ExchangeRequestFlag, ExchangeRequestSize(Identity.Suite), 1, reportAs: null);
        }

        _state = state;
    }

    public override void Read(ReadOnlySpan<byte> packet)
    {
        ReadHeader(packet);
        State state = _state;
        _state = State.Dead;
        _state = state switch
        {
            State.AwaitConnectRequest => ReadConnectRequest(packet),
            State.AwaitExchangeRequest => ReadExchangeRequest(packet),
            _ => throw NotIn(state),
        };
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
        _kemSecretKey?.Dispose();
        _keys?.Dispose();
        _keys = null;
    }

    /// <summary>QSTP §6.1: serial, then the key's expiry, then the first 41 bytes of the configuration, all before any costly work.</summary>
    private State ReadConnectRequest(ReadOnlySpan<byte> packet)
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
            throw QstpErrors.Failure(
                ChannelError.UnknownIdentity, $"The client asks for the certificate {Convert.ToHexString(serial)}, which this server does not have.");
        }

        if (!_identity.IsValidAt(Clock.Now))
        {
            throw QstpErrors.Failure(ChannelError.CertificateExpired, "The certificate that the client asks for has expired.");
        }

        ReadOnlySpan<byte> expected = _identity.Suite.ConfigurationField[..QstpProtocol.ComparedConfigurationSize];
        if (!configuration[..QstpProtocol.ComparedConfigurationSize].SequenceEqual(expected))
        {
            throw QstpErrors.Failure(ChannelError.UnknownConfiguration, $"The client does not use {_identity.Suite}.");
        }

        _transcript = new Transcript(_identity.PairHash);
        return State.SendConnectResponse;
    }

    /// <summary>QSTP §6.2: a fresh KEM key, signed together with the header and the transcript.</summary>
    private State WriteConnectResponse(Span<byte> packet)
    {
        Suite suite = Identity.Suite;
        WriteHeader(QstpProtocol.ConnectResponseFlag, 0, packet);
        WireWriter writer = new(packet);
        Span<byte> header = writer.Reserve(PacketHeader.Size);
        Span<byte> signature = writer.Reserve(suite.Signature.SignatureSize);
        Span<byte> packetHash = writer.Reserve(QstpProtocol.HashSize);
        Span<byte> publicKey = writer.Reserve(suite.Kem.PublicKeySize);
        writer.ExpectEnd();

        _kemSecretKey = new SecretBytes(suite.Kem.SecretKeySize);
        suite.Kem.GenerateKeyPair(Random, publicKey, _kemSecretKey.Span);

        // ph = H(header || sch0 || pk); sch1 = H(sch0 || ph).
        _transcript!.HashPacket(header, publicKey, packetHash);
        Identity.Sign(Random, packetHash, signature);
        _transcript.Absorb(packetHash);
        return State.AwaitExchangeRequest;
    }

    /// <summary>QSTP §6.3: recovers the secret. The key is used once and erased whatever comes.</summary>
    private State ReadExchangeRequest(ReadOnlySpan<byte> packet)
    {
        Suite suite = Identity.Suite;
        ReadOnlySpan<byte> ciphertext = packet[PacketHeader.Size..];
        using SecretBytes kemSecretKey = _kemSecretKey!;
        using SecretBytes sharedSecret = new(suite.Kem.SharedSecretSize);
        bool decapsulated = suite.Kem.Decapsulate(kemSecretKey.Span, ciphertext, sharedSecret.Span);

        // The same work for a ciphertext that fails: the answer tells, but not how long it took. (§13.14)
        _transcript!.Absorb(ciphertext);
        _keys = DeriveKeys(suite, _transcript, sharedSecret.Span, isInitiator: false);
        if (!decapsulated)
        {
            throw QstpErrors.Failure(ChannelError.KeyEncapsulationFailed, "The client's ciphertext does not decapsulate.");
        }

        return State.SendExchangeResponse;
    }

    /// <summary>QSTP §6.4: sch2 in clear.</summary>
    private State WriteExchangeResponse(Span<byte> packet)
    {
        WriteHeader(QstpProtocol.ExchangeResponseFlag, 1, packet);
        _transcript!.Value.CopyTo(packet[PacketHeader.Size..]);
        return State.Complete;
    }

    private static InvalidOperationException NotIn(State state) => new($"Not possible in state {state}.");
}
