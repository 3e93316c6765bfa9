namespace Postern.Tunneling;

/// <summary>The peer broke the protocol of streams in a tunnel, or is no peer that speaks it. The tunnel is finished.</summary>
public sealed class TunnelProtocolException : IOException
{
    /// <summary>Makes one that says how.</summary>
    public TunnelProtocolException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
