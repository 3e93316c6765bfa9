namespace Postern.Qsmp;

/// <summary>The one place where QSMP's wire codes and <see cref="ChannelError"/> meet. (QSMP §1.4, §4.1)</summary>
internal static class QsmpErrors
{
    /// <summary>The code that tells a peer about an error found in a handshake.</summary>
    public static QsmpErrorCode CodeOf(ChannelError error) => error switch
    {
        ChannelError.ClockSkew => QsmpErrorCode.TimeInvalid,
        ChannelError.Replayed => QsmpErrorCode.TimeInvalid,
        ChannelError.InvalidLength => QsmpErrorCode.ReceiveFailed,
        ChannelError.ConnectionLost => QsmpErrorCode.ReceiveFailed,
        ChannelError.PeerReportedError => QsmpErrorCode.ReceiveFailed,
        ChannelError.OutOfSequence => QsmpErrorCode.OutOfSequence,
        ChannelError.UnexpectedFlag => QsmpErrorCode.InvalidRequest,
        ChannelError.AuthenticationFailed => QsmpErrorCode.AuthenticationFailed,
        ChannelError.HashMismatch => QsmpErrorCode.VerificationFailed,
        ChannelError.KeyEncapsulationFailed => QsmpErrorCode.DecapsulationFailed,
        ChannelError.UnknownIdentity => QsmpErrorCode.KeyUnrecognized,
        ChannelError.UnknownConfiguration => QsmpErrorCode.UnknownProtocol,
        ChannelError.KeyExpired => QsmpErrorCode.KeyExpired,
        ChannelError.TooManyConnections => QsmpErrorCode.TooManyHosts,
        _ => QsmpErrorCode.ConnectionFailed,
    };

    /// <summary>A code in words, for messages: before the handshake is done it is a hint that anyone could have sent.</summary>
    public static string Describe(byte code) => (QsmpErrorCode)code switch
    {
        QsmpErrorCode.None => "normal close",
        QsmpErrorCode.AcceptFailed => "accept failed",
        QsmpErrorCode.AuthenticationFailed => "a signature or tag did not verify: the peer holds another key than it should, or does not trust ours",
        QsmpErrorCode.ChannelDown => "channel down",
        QsmpErrorCode.ConnectionFailed => "connection failure",
        QsmpErrorCode.ConnectionRefused => "connection refused",
        QsmpErrorCode.DecapsulationFailed => "decapsulation failed",
        QsmpErrorCode.DecryptionFailed => "decryption failed",
        QsmpErrorCode.EstablishFailed => "failed in the establish phase",
        QsmpErrorCode.ExchangeFailed => "failed in the exchange phase",
        QsmpErrorCode.HashInvalid => "hash invalid",
        QsmpErrorCode.TooManyHosts => "too many hosts: the server is full, try again later",
        QsmpErrorCode.InvalidInput => "invalid input",
        QsmpErrorCode.InvalidRequest => "unexpected flag",
        QsmpErrorCode.KeyExpired => "key expired",
        QsmpErrorCode.KeyUnrecognized => "unknown key identity: the responder has another key than the one it was asked for",
        QsmpErrorCode.RatchetFailed => "ratchet failure",
        QsmpErrorCode.ListenerFailed => "listener failed",
        QsmpErrorCode.OutOfMemory => "out of memory",
        QsmpErrorCode.TimeInvalid => "packet time outside the window, or a repeated request: compare the clocks",
        QsmpErrorCode.OutOfSequence => "packet refused: out of sequence, the clocks differ by more than a minute, or the other side speaks another mode",
        QsmpErrorCode.RandomFailed => "random generator failed",
        QsmpErrorCode.ReceiveFailed => "receive failed",
        QsmpErrorCode.TransmitFailed => "transmit failed",
        QsmpErrorCode.UnknownProtocol => "configuration set not recognised",
        QsmpErrorCode.VerificationFailed => "verification failed",
        QsmpErrorCode.SystemMessage => "system message",
        _ => "unknown code",
    };
}
