using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;

namespace Postern.Qstp;

/// <summary>What both sides of the four-packet handshake share. (QSTP §6)</summary>
internal abstract class QstpHandshake(WireClock clock, RandomSource random) : Handshake
{
    public const int ConnectRequestSize = PacketHeader.Size + QstpProtocol.SerialSize + QstpProtocol.ConfigurationFieldSize;
    public const int ExchangeResponseSize = PacketHeader.Size + QstpProtocol.HashSize;
    public const int ErrorPacketSize = PacketHeader.Size + 1;

    public override byte ReceiveFailedCode => (byte)QstpErrorCode.ReceiveFailed;

    /// <summary>The running hash as it stands: sch0, sch1 or sch2; empty on a server that no client has asked yet. Public on the wire.</summary>
    public abstract ReadOnlySpan<byte> TranscriptValue { get; }

    protected WireClock Clock => clock;

    protected RandomSource Random => random;

    public static int ConnectResponseSize(Suite suite) =>
        PacketHeader.Size + suite.Signature.SignatureSize + QstpProtocol.HashSize + suite.Kem.PublicKeySize;

    public static int ExchangeRequestSize(Suite suite) => PacketHeader.Size + suite.Kem.CiphertextSize;

    public override void WriteError(byte code, Span<byte> packet)
    {
        new PacketHeader(QstpProtocol.ErrorFlag, 1, QstpProtocol.ErrorSequence, Clock.Now).Write(packet);
        packet[PacketHeader.Size] = code;
    }

    protected void WriteHeader(byte flag, ulong sequence, Span<byte> packet) =>
        new PacketHeader(flag, (uint)(packet.Length - PacketHeader.Size), sequence, Clock.Now).Write(packet);

    /// <summary>The tests of §6.6 in their order. <paramref name="reportAs"/> replaces what the peer is told, as the reference does.</summary>
    protected void CheckHeader(ReadOnlySpan<byte> packet, byte flag, int packetSize, ulong sequence, QstpErrorCode? reportAs)
    {
        PacketHeader header = PacketHeader.Read(packet);
        if (header.Flag == QstpProtocol.ErrorFlag)
        {
            throw QstpErrors.Failure(ChannelError.PeerReportedError, "The peer ended the handshake with an error packet.", reportAs);
        }

        if (!Clock.IsTimely(header.Time)) throw QstpErrors.Failure(ChannelError.ClockSkew, Clock.Describe(header.Time), reportAs);
        if (header.Length != packetSize - PacketHeader.Size)
        {
            throw QstpErrors.Failure(
                ChannelError.InvalidLength,
                $"Expected a body of {packetSize - PacketHeader.Size} bytes, the header says {header.Length}.",
                reportAs);
        }

        if (header.Sequence != sequence)
        {
            throw QstpErrors.Failure(ChannelError.OutOfSequence, $"Expected packet {sequence}, got {header.Sequence}.", reportAs);
        }

        if (header.Flag != flag)
        {
            throw QstpErrors.Failure(ChannelError.UnexpectedFlag, $"Expected flag 0x{flag:X2}, got 0x{header.Flag:X2}.", reportAs);
        }
    }

    // okm = cSHAKE-256(X = ss, N = "QSTP-1.4-SESSION", S = sch2); the ratchet seed is the next block. (§6.5)
    protected static ChannelKeys DeriveKeys(Suite suite, Transcript transcript, ReadOnlySpan<byte> sharedSecret, bool isInitiator) => new(
        suite,
        QstpProtocol.Channel,
        isInitiator,
        DirectionKeys.Derive(
            suite.Rcs, KeccakRate.Bits256, blocks: 1, QstpProtocol.SessionLabel, transcript.Value, sharedSecret));
}
