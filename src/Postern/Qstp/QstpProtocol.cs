using Postern.Channels;
using Postern.Cryptography;

namespace Postern.Qstp;

/// <summary>QSTP's numbers. (QSTP §3)</summary>
internal static class QstpProtocol
{
    public const string Name = "QSTP";

    public const byte ConnectRequestFlag = 0x01;
    public const byte ConnectResponseFlag = 0x02;
    public const byte ExchangeRequestFlag = 0x07;
    public const byte ExchangeResponseFlag = 0x08;
    public const byte ErrorFlag = 0x13;

    public const int SerialSize = 16;
    public const int HashSize = 32;

    /// <summary>The string and zeros: the reference's array is 42 bytes long. (QSTP §2)</summary>
    public const int ConfigurationFieldSize = 42;

    /// <summary>The reference compares the first 41 bytes only. (QSTP §6.1)</summary>
    public const int ComparedConfigurationSize = 41;

    public static ReadOnlySpan<byte> SessionLabel => "QSTP-1.4-SESSION"u8;

    /// <summary>Handshake packets are numbered 0, 0, 1, 1; both counters are then 2 and the first packet is 3. (QSTP §8.1)</summary>
    public static ChannelProfile Channel { get; } = new()
    {
        Rcs = RcsParameters.Rcs256,
        ErrorFlag = ErrorFlag,
        DescribeCode = QstpErrors.Describe,
        HandshakeSequence = 2,
        RatchetRate = KeccakRate.Bits512,
        RatchetBlocks = 3,
        TimelessRatchetIsMirrored = true,
    };
}
