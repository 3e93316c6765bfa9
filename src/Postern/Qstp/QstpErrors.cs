namespace Postern.Qstp;

/// <summary>The one place where wire codes and <see cref="ChannelError"/> meet. (QSTP §3.2, §6.7)</summary>
internal static class QstpErrors
{
    /// <summary>The code that tells a peer about an error found in a handshake.</summary>
    public static QstpErrorCode CodeOf(ChannelError error) => error switch
    {
        ChannelError.PeerReportedError => QstpErrorCode.ConnectionFailed,
        ChannelError.ClockSkew => QstpErrorCode.TimeInvalid,
        ChannelError.InvalidLength => QstpErrorCode.ReceiveFailed,
        ChannelError.ConnectionLost => QstpErrorCode.ReceiveFailed,
        ChannelError.OutOfSequence => QstpErrorCode.OutOfSequence,
        ChannelError.UnexpectedFlag => QstpErrorCode.UnexpectedFlag,
        ChannelError.AuthenticationFailed => QstpErrorCode.AuthenticationFailed,
        ChannelError.HashMismatch => QstpErrorCode.VerificationFailed,
        ChannelError.KeyEncapsulationFailed => QstpErrorCode.DecapsulationFailed,
        ChannelError.UnknownIdentity => QstpErrorCode.UnknownSerial,
        ChannelError.UnknownConfiguration => QstpErrorCode.UnknownConfiguration,
        ChannelError.CertificateExpired => QstpErrorCode.Expired,
        // The reference knows no revocation: of a certificate whose time is over it says this.
        ChannelError.CertificateRevoked => QstpErrorCode.Expired,
        ChannelError.TooManyConnections => QstpErrorCode.TooManyHosts,
        _ => QstpErrorCode.ConnectionFailed,
    };

    /// <summary>A code in words, for messages: before the handshake is done it is a hint that anyone could have sent.</summary>
    public static string Describe(byte code) => (QstpErrorCode)code switch
    {
        QstpErrorCode.None => "normal close",
        QstpErrorCode.AcceptFailed => "accept failed",
        QstpErrorCode.AuthenticationFailed => "a signature or tag did not verify",
        QstpErrorCode.ChannelDown => "channel down",
        QstpErrorCode.ConnectionFailed => "connection failure",
        QstpErrorCode.ConnectFailed => "failed in the connect phase",
        QstpErrorCode.DecapsulationFailed => "decapsulation failed",
        QstpErrorCode.DecryptionFailed => "decryption failed",
        QstpErrorCode.EstablishFailed => "failed in the establish phase",
        QstpErrorCode.ExchangeFailed => "failed in the exchange phase",
        QstpErrorCode.HashInvalid => "public key hash invalid",
        QstpErrorCode.TooManyHosts => "too many hosts: the server is full, try again later",
        QstpErrorCode.InvalidInput => "invalid input",
        QstpErrorCode.UnexpectedFlag => "unexpected flag",
        QstpErrorCode.Expired => "certificate or key expired, or revoked",
        QstpErrorCode.UnknownSerial => "unknown certificate serial: the server has another certificate than this client",
        QstpErrorCode.RatchetFailed => "ratchet failure",
        QstpErrorCode.ListenerFailed => "listener failed",
        QstpErrorCode.OutOfMemory => "out of memory",
        QstpErrorCode.TimeInvalid => "packet time outside the window: compare the clocks",
        QstpErrorCode.OutOfSequence => "packet refused: out of sequence, or the clocks differ by more than a minute",
        QstpErrorCode.RandomFailed => "random generator failed",
        QstpErrorCode.ReceiveFailed => "receive failed",
        QstpErrorCode.SigningFailed => "signing failed",
        QstpErrorCode.TransmitFailed => "transmit failed",
        QstpErrorCode.UnknownConfiguration => "configuration set not recognised",
        QstpErrorCode.VerificationFailed => "verification failed",
        QstpErrorCode.PeerError => "remote error",
        _ => "unknown code",
    };
}
