namespace Postern;

/// <summary>How a server answers.</summary>
public abstract record ServerOptions : ChannelOptions
{
    private protected ServerOptions()
    {
    }

    /// <summary>Limits and deadlines.</summary>
    public ConnectionLimits Limits { get; init; } = ConnectionLimits.Default;
}
