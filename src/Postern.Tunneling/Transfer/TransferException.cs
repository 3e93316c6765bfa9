namespace Postern.Tunneling;

/// <summary>A file did not go through, for a reason that is not the connection's: that one is a <see cref="ChannelException"/>.</summary>
public sealed class TransferException : IOException
{
    /// <summary>An error with its reason and a sentence on what is wrong.</summary>
    public TransferException(TransferError error, string message)
        : this(error, message, innerException: null)
    {
    }

    /// <summary>An error that another exception caused.</summary>
    public TransferException(TransferError error, string message, Exception? innerException)
        : base(message, innerException) => Error = error;

    /// <summary>The reason.</summary>
    public TransferError Error { get; }

    /// <summary>The peer gave it up and said why; otherwise this side did.</summary>
    public bool IsFromPeer { get; init; }
}
