using System.Net;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Tunneling;

/// <summary>Where a forwarder's tunnels lead, and its limits.</summary>
public sealed record ForwarderOptions
{
    /// <summary>The QSTP server: an <see cref="IPEndPoint"/> or <see cref="DnsEndPoint"/>.</summary>
    public required EndPoint Server
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>Who must be there.</summary>
    public required VerifiedServer Identity
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>Deadlines, clock and logging. Give <see cref="QstpClientOptions.PacketTolerance"/> room for readers that stand still.</summary>
    public QstpClientOptions Client { get; init; } = QstpClientOptions.Default;

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

    /// <summary>When this side ratchets. Default never; the client's options must allow it.</summary>
    public RelayOptions Relay { get; init; } = RelayOptions.Default;
}
