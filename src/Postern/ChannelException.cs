namespace Postern;

/// <summary>
/// The peer, the network or a certificate made a connection impossible. The channel it concerns is finished and its keys are erased.
/// Misuse by the caller throws other exceptions.
/// </summary>
public sealed class ChannelException : IOException
{
    /// <summary>An error with its reason and a sentence on what was expected and what came.</summary>
    public ChannelException(ChannelError error, string message)
        : base(message) => Error = error;

    /// <summary>An error that another exception caused.</summary>
    public ChannelException(ChannelError error, string message, Exception? innerException)
        : base(message, innerException) => Error = error;

    internal ChannelException(ChannelError error, byte? wireCode, string message)
        : base(message)
    {
        Error = error;
        WireCode = wireCode;
    }

    /// <summary>The reason.</summary>
    public ChannelError Error { get; }

    /// <summary>The code in the peer's error packet, when <see cref="Error"/> is <see cref="ChannelError.PeerReportedError"/>.</summary>
    public byte? PeerCode { get; init; }

    /// <summary>What the handshake tells the peer, or null when nothing is to be sent.</summary>
    internal byte? WireCode { get; }
}
