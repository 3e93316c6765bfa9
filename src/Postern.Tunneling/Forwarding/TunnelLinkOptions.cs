using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Postern.Tunneling;

/// <summary>A tunnel of many streams that is kept up.</summary>
public sealed record TunnelLinkOptions
{
    /// <summary>Opens the tunnel: a client of any protocol. A keep-alive in its options notices a peer that has vanished.</summary>
    public required ChannelConnector Connect
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>Listened to on the server's side while the tunnel is up. Default nothing.</summary>
    public IReadOnlyList<RemoteForward> RemoteForwards
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = [];

    /// <summary>Proves to the server who this client is, before anything else; null if the server does not ask.</summary>
    public ClientProof? Proof { get; init; }

    /// <summary>Waits between attempts.</summary>
    public ReconnectPolicy Reconnect
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = ReconnectPolicy.Default;

    /// <summary>Longest time that a connection waits for the tunnel and the target. Default 30 s.</summary>
    public TimeSpan OpenTimeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(30);

    /// <summary>A connection of a remote forward in which nothing is sent or received for so long is cut. Default one hour; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan IdleTimeout
    {
        get;
        init => field = OptionCheck.WaitOrInfinite(value);
    } = TimeSpan.FromHours(1);

    /// <summary>Limits of the streams.</summary>
    public MultiplexerOptions Streams
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = new();

    /// <summary>Where the tunnel is logged. Default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
