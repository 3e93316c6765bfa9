using Postern.Channels;
using Postern.Cryptography;

namespace Postern.Qsmp;

/// <summary>QSMP's numbers. (QSMP §1.3, §1.5)</summary>
internal static class QsmpProtocol
{
    public const string SimplexName = "QSMP SIMPLEX";
    public const string DuplexName = "QSMP DUPLEX";

    public const byte ConnectRequestFlag = 0x01;
    public const byte ConnectResponseFlag = 0x02;
    public const byte ExchangeRequestFlag = 0x07;
    public const byte ExchangeResponseFlag = 0x08;
    public const byte EstablishRequestFlag = 0x09;
    public const byte EstablishResponseFlag = 0x0A;
    public const byte ErrorFlag = 0x14;

    public const int KeyIdentitySize = 16;

    /// <summary>33 characters and a zero byte; all 34 are compared. (QSMP §1.6)</summary>
    public const int ConfigurationFieldSize = 34;

    /// <summary>Handshake packets are numbered 0, 0, 1, 1; both counters are then 2 and the first packet is 3. (QSMP §1.8)</summary>
    public static ChannelProfile Simplex { get; } = new()
    {
        Rcs = RcsParameters.Rcs256,
        ErrorFlag = ErrorFlag,
        DescribeCode = QsmpErrors.Describe,
        HandshakeSequence = 2,
        RatchetRate = KeccakRate.Bits256,
        RatchetBlocks = 1,
    };

    /// <summary>Handshake packets are numbered 0, 0, 1, 1, 2, 2; the first packet is 4. Ratchets carry no time. (QSMP §1.8, §1.13)</summary>
    public static ChannelProfile Duplex { get; } = new()
    {
        Rcs = RcsParameters.Rcs512,
        ErrorFlag = ErrorFlag,
        DescribeCode = QsmpErrors.Describe,
        HandshakeSequence = 3,
        RatchetRate = KeccakRate.Bits512,
        RatchetBlocks = 3,
        SendsTimelessRatchets = true,
    };

    /// <summary>Whether a set's asymmetric ratchets fit into a packet: those of McEliece do not. (QSMP §3.5)</summary>
    public static bool HasKeyExchange(Suite suite) =>
        suite.Signature.SignatureSize + (2 * Sha3.DigestSize512) + suite.Kem.PublicKeySize <= ChannelProfile.MaxBodySize;

    public static ChannelProfile ProfileOf(QsmpMode mode) => mode == QsmpMode.Simplex ? Simplex : Duplex;

    /// <summary>Size of hashes in the handshake: SHA3-256 in SIMPLEX, SHA3-512 in DUPLEX.</summary>
    public static int HashSizeOf(QsmpMode mode) => mode == QsmpMode.Simplex ? Sha3.DigestSize256 : Sha3.DigestSize512;
}
