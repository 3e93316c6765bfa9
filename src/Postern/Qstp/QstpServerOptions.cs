using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Packets;
using Postern.Qstp.Certificates;

namespace Postern.Qstp;

/// <summary>How a server answers.</summary>
public sealed record QstpServerOptions
{
    /// <summary>
    /// The identities; the serial in the client's first packet chooses. Several, of any configuration sets, during a rollover. At least
    /// one. They are not disposed of by the server.
    /// </summary>
    public required IReadOnlyList<ServerIdentity> Identities
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Count == 0) throw new ArgumentException("A server needs at least one identity.", nameof(value));
            field = value;
        }
    }

    /// <summary>Limits and deadlines.</summary>
    public ConnectionLimits Limits { get; init; } = ConnectionLimits.Default;

    /// <summary>Largest clock difference accepted from a peer in the handshake. Default 60 s, the reference's; 1 s to one day. (QSTP §4)</summary>
    public TimeSpan ClockTolerance
    {
        get;
        init => field = OptionCheck.Between(value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    } = WireClock.DefaultTolerance;

    /// <summary>
    /// Oldest data packet accepted, by the time in its header: the network's delay, and how long the reader of this side may let packets
    /// wait. Default 60 s, the reference's; 1 s to one day. Relays, whose readers may stand still, need more. (QSTP §8.3)
    /// </summary>
    public TimeSpan PacketTolerance
    {
        get;
        init => field = OptionCheck.Between(value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    } = WireClock.DefaultTolerance;

    /// <summary>Added to the local clock in packets, for reference clients outside UTC. Default zero. (QSTP §4)</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Where connections are logged. Default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal WireClock CreateHandshakeClock() => new(TimeProvider, ClockOffset, ClockTolerance);

    internal WireClock CreateChannelClock() => new(TimeProvider, ClockOffset, PacketTolerance);
}
