using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;

namespace Postern.Qstp;

/// <summary>What both sides of the four-packet handshake share. (QSTP §6)</summary>
internal abstract class QstpHandshake(WireClock clock, RandomSource random) : Handshake(clock, random)
{
    public const int ConnectRequestSize = PacketHeader.Size + QstpProtocol.SerialSize + QstpProtocol.ConfigurationFieldSize;
    public const int ExchangeResponseSize = PacketHeader.Size + QstpProtocol.HashSize;

    /// <summary>The running hash as it stands: sch0, sch1 or sch2; empty on a server that no client has asked yet. Public on the wire.</summary>
    public abstract ReadOnlySpan<byte> TranscriptValue { get; }

    protected override byte ErrorFlag => QstpProtocol.ErrorFlag;

    public static int ConnectResponseSize(Suite suite) =>
        PacketHeader.Size + suite.Signature.SignatureSize + QstpProtocol.HashSize + suite.Kem.PublicKeySize;

    public static int ExchangeRequestSize(Suite suite) => PacketHeader.Size + suite.Kem.CiphertextSize;

    public override string DescribeCode(byte code) => QstpErrors.Describe(code);

    protected override byte CodeOf(ChannelError error) => (byte)QstpErrors.CodeOf(error);

    protected override byte AnswerToPeerError(byte? code, bool isWhole, byte? headerCode) =>
        headerCode ?? CodeOf(ChannelError.PeerReportedError);

    // okm = cSHAKE-256(X = ss, N = "QSTP-1.4-SESSION", S = sch2); the ratchet seed is the next block. (§6.5)
    protected ChannelKeys DeriveKeys(Suite suite, Transcript transcript, ReadOnlySpan<byte> sharedSecret, bool isInitiator)
    {
        ChannelProfile profile = QstpProtocol.Channel.With(Settings.Cipher);
        DirectionKeys keys = DirectionKeys.Derive(
            profile.Rcs, KeccakRate.Bits256, blocks: 1, QstpProtocol.SessionLabel, transcript.Value, sharedSecret);
        return new ChannelKeys(suite, profile, isInitiator, keys);
    }
}
