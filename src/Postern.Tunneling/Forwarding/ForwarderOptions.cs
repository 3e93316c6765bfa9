using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Postern.Tunneling;

/// <summary>Where a forwarder's tunnels lead, and its limits.</summary>
public sealed record ForwarderOptions
{
    /// <summary>How connections get into a tunnel.</summary>
    public required ForwardingPath Path
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>What the tunnels lead to, for the log; null for nothing that has an address.</summary>
    public EndPoint? Server { get; init; }

    /// <summary>Connections at once. Default 16,384. At the limit no more are accepted until one ends; they wait in the system's backlog.</summary>
    public int MaxConnections
    {
        get;
        init => field = OptionCheck.Positive(value);
    } = 16_384;

    /// <summary>
    /// A connection whose tunnel is silent for this long is cut. Default one hour; <see cref="Timeout.InfiniteTimeSpan"/> for never. A
    /// reference server does not end its side after our goodbye, so some limit is needed towards one.
    /// </summary>
    public TimeSpan IdleTimeout
    {
        get;
        init => field = OptionCheck.WaitOrInfinite(value);
    } = TimeSpan.FromHours(1);

    /// <summary>
    /// Every connection begins with a header of the PROXY protocol, version 2: a balancer is in front, and says whose it is. Default false.
    /// </summary>
    public bool AcceptsProxyHeader { get; init; }

    /// <summary>Where connections are logged. Default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
