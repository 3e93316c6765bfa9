using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Packets;

namespace Postern.Qstp;

/// <summary>How a client connects.</summary>
public sealed record QstpClientOptions
{
    /// <summary>The defaults.</summary>
    public static QstpClientOptions Default { get; } = new();

    /// <summary>Longest time for opening the TCP connection and for the handshake, each. Default 10 s; 10 ms to 31 days.</summary>
    public TimeSpan HandshakeTimeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>Largest clock difference accepted from the peer in the handshake. Default 60 s, the reference's; 1 s to one day. (QSTP §4)</summary>
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

    /// <summary>Added to the local clock in packets: a reference host outside UTC is ahead by its zone's distance west. Default zero. (QSTP §4)</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>
    /// Allow this client to start ratchets. Default false: a reference server drops the connection on one. (QSTP §11.4)
    /// </summary>
    public bool AllowClientRatchet { get; init; }

    /// <summary>Where connections are logged. Default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock. Internal: nobody weakens it by accident.</summary>
    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal WireClock CreateHandshakeClock() => new(TimeProvider, ClockOffset, ClockTolerance);

    internal WireClock CreateChannelClock() => new(TimeProvider, ClockOffset, PacketTolerance);
}
