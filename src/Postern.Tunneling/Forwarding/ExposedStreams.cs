using System.Net;

namespace Postern.Tunneling;

/// <summary>What the clients of an exposer may do in a tunnel of many streams.</summary>
public sealed record ExposedStreams
{
    /// <summary>Targets that clients may name, besides the one that the exposer leads to by itself. Default none.</summary>
    public TargetRules Targets
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = TargetRules.None;

    /// <summary>Addresses that clients may have listened on. Default none.</summary>
    public ListenRules Listens
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = ListenRules.None;

    /// <summary>Whose clients are let in, by a signature inside the tunnel; null to let in whoever the protocol lets in.</summary>
    public ClientCheck? Clients { get; init; }

    /// <summary>Streams at once over all tunnels. Default 16,384.</summary>
    public int MaxStreams
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = 16_384;

    /// <summary>A stream in which nothing is sent or received for so long is cut. Default one hour; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan IdleTimeout
    {
        get;
        init => field = OptionCheck.WaitOrInfinite(value);
    } = TimeSpan.FromHours(1);

    /// <summary>Limits of the streams of one tunnel.</summary>
    public MultiplexerOptions Streams
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = new();
}
