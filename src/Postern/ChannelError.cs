namespace Postern;

/// <summary>Why a connection could not be made or had to end.</summary>
public enum ChannelError
{
    /// <summary>The transport connection could not be opened.</summary>
    ConnectionFailed = 1,

    /// <summary>The transport ended or failed without the peer's goodbye: what was received may be cut short.</summary>
    ConnectionLost = 2,

    /// <summary>The handshake did not finish before its deadline.</summary>
    HandshakeTimeout = 3,

    /// <summary>Nothing was sent or received for the idle time.</summary>
    IdleTimeout = 4,

    /// <summary>The peer sent an error packet. Before the handshake is done it is not authenticated: a hint only.</summary>
    PeerReportedError = 5,

    /// <summary>The peer asked to end the connection without authenticating the request (flag 0x03).</summary>
    UnauthenticatedTermination = 6,

    /// <summary>The packet's flag is not one that is allowed here.</summary>
    UnexpectedFlag = 7,

    /// <summary>The packet's length field is not what is allowed here.</summary>
    InvalidLength = 8,

    /// <summary>The packet's sequence number is not the next one.</summary>
    OutOfSequence = 9,

    /// <summary>The packet's time is outside the window around the local clock.</summary>
    ClockSkew = 10,

    /// <summary>A signature, a tag or the handshake's transcript did not verify.</summary>
    AuthenticationFailed = 11,

    /// <summary>A signed hash does not match what was received.</summary>
    HashMismatch = 12,

    /// <summary>The KEM ciphertext or public key was not made for this handshake.</summary>
    KeyEncapsulationFailed = 13,

    /// <summary>No identity has the serial or key identity that the peer asked for.</summary>
    UnknownIdentity = 14,

    /// <summary>The peer uses another configuration set.</summary>
    UnknownConfiguration = 15,

    /// <summary>A certificate or key is past its validity.</summary>
    CertificateExpired = 16,

    /// <summary>A certificate is not valid yet.</summary>
    CertificateNotYetValid = 17,

    /// <summary>A certificate's signature, algorithm, version or root does not match.</summary>
    CertificateInvalid = 18,

    /// <summary>The certificate's serial is on the deny list.</summary>
    CertificateDenied = 19,

    /// <summary>The server has no room for another connection.</summary>
    TooManyConnections = 20,

    /// <summary>The channel was already closed on this side, or is being closed.</summary>
    ChannelClosed = 21,

    /// <summary>A public or private key is past its validity.</summary>
    KeyExpired = 22,

    /// <summary>The connect request was seen before, more often than a peer repeats itself.</summary>
    Replayed = 23,

    /// <summary>The certificate is on its root's revocation list.</summary>
    CertificateRevoked = 24,

    /// <summary>There is no revocation list that is not past its next update, and the policy asks for one.</summary>
    RevocationStale = 25,
}
