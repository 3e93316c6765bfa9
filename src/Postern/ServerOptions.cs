namespace Postern;

/// <summary>How a server answers.</summary>
public abstract record ServerOptions : ChannelOptions
{
    private protected ServerOptions()
    {
    }

    /// <summary>Limits and deadlines.</summary>
    public ConnectionLimits Limits { get; init; } = ConnectionLimits.Default;

    /// <summary>
    /// Answer every failed handshake with one and the same code. Default false, as the reference: the codes tell a scanner, who needs no
    /// key to get one, whether a key is known here and has expired. (QSTP §13, QSMP §6 row 20)
    /// </summary>
    public bool HidesFailureReasons { get; init; }

    // Connection failure, in every protocol. (QSTP §3.2, QSMP §1.4)
    internal byte? OnlyCode => HidesFailureReasons ? (byte)0x04 : null;
}
