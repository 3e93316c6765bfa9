namespace Postern.Qsmp;

/// <summary>The one-byte codes of QSMP error packets. (QSMP §1.4)</summary>
internal enum QsmpErrorCode : byte
{
    None = 0x00,
    AcceptFailed = 0x01,
    AuthenticationFailed = 0x02,
    ChannelDown = 0x03,
    ConnectionFailed = 0x04,
    ConnectionRefused = 0x05,
    DecapsulationFailed = 0x06,
    DecryptionFailed = 0x07,
    EstablishFailed = 0x08,
    ExchangeFailed = 0x09,
    HashInvalid = 0x0A,
    TooManyHosts = 0x0B,
    InvalidInput = 0x0C,
    InvalidRequest = 0x0D,
    KeyExpired = 0x0E,
    KeyUnrecognized = 0x0F,
    RatchetFailed = 0x10,
    ListenerFailed = 0x11,
    OutOfMemory = 0x12,
    TimeInvalid = 0x13,
    OutOfSequence = 0x14,
    RandomFailed = 0x15,
    ReceiveFailed = 0x16,
    TransmitFailed = 0x17,
    UnknownProtocol = 0x18,
    VerificationFailed = 0x19,
    SystemMessage = 0x1A,
}
