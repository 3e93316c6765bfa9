namespace Postern.Tunneling;

/// <summary>The peer did not open a stream; the tunnel and its other streams go on.</summary>
public sealed class StreamRefusedException : IOException
{
    /// <summary>Makes one with the peer's words.</summary>
    public StreamRefusedException(StreamRefusal reason, string message)
        : base(message) => Reason = reason;

    /// <summary>Why.</summary>
    public StreamRefusal Reason { get; }
}
