namespace Postern.Qstp;

/// <summary>The one-byte codes of QSTP error packets. (QSTP §3.2)</summary>
internal enum QstpErrorCode : byte
{
    None = 0x00,
    AcceptFailed = 0x01,
    AuthenticationFailed = 0x02,
    ChannelDown = 0x03,
    ConnectionFailed = 0x04,
    ConnectFailed = 0x05,
    DecapsulationFailed = 0x06,
    DecryptionFailed = 0x07,
    EstablishFailed = 0x08,
    ExchangeFailed = 0x09,
    HashInvalid = 0x0A,
    TooManyHosts = 0x0B,
    InvalidInput = 0x0C,
    UnexpectedFlag = 0x0D,
    Expired = 0x0E,
    UnknownSerial = 0x0F,
    RatchetFailed = 0x10,
    ListenerFailed = 0x11,
    OutOfMemory = 0x12,
    TimeInvalid = 0x13,
    OutOfSequence = 0x14,
    RandomFailed = 0x15,
    ReceiveFailed = 0x16,
    SigningFailed = 0x17,
    TransmitFailed = 0x18,
    UnknownConfiguration = 0x19,
    VerificationFailed = 0x1A,
    PeerError = 0x1B,
}
