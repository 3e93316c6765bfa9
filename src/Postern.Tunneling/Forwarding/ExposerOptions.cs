using System.Net;
using Postern.Qstp;

namespace Postern.Tunneling;

/// <summary>What an exposer makes reachable, and how.</summary>
public sealed record ExposerOptions
{
    /// <summary>Where each tunnel leads to: an <see cref="IPEndPoint"/> or <see cref="DnsEndPoint"/>.</summary>
    public required EndPoint Target
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>Identities, limits, clock and logging. Give <see cref="QstpServerOptions.PacketTolerance"/> room for readers that stand still.</summary>
    public required QstpServerOptions Server
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>Longest time for connecting to the target. Default 10 s; 10 ms to 31 days.</summary>
    public TimeSpan TargetTimeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>When this side ratchets. Default never.</summary>
    public RelayOptions Relay { get; init; } = RelayOptions.Default;
}
