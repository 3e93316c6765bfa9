using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Handshakes;
using Postern.Packets;

namespace Postern;

/// <summary>What the channels of every client and server have in common.</summary>
public abstract record ChannelOptions
{
    // A ratchet costs about two milliseconds: a peer can take a twentieth of a processor with each channel, not all of it.
    private const int AnswersPerSecond = 32;

    private protected ChannelOptions()
    {
    }

    /// <summary>Largest clock difference accepted from the peer in the handshake. Default 60 s, the reference's; 1 s to one day. (QSTP §4, QSMP §1.7)</summary>
    public TimeSpan ClockTolerance
    {
        get;
        init => field = OptionCheck.Between(value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    } = WireClock.DefaultTolerance;

    /// <summary>
    /// Oldest data packet accepted, by the time in its header: the network's delay, and how long the reader of this side may let packets
    /// wait. Default 60 s, the reference's; 1 s to one day. Relays, whose readers may stand still, need more. (QSTP §8.3, QSMP §1.11)
    /// </summary>
    public TimeSpan PacketTolerance
    {
        get;
        init => field = OptionCheck.Between(value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    } = WireClock.DefaultTolerance;

    /// <summary>Added to the local clock in packets: a reference host outside UTC is ahead by its zone's distance west. Default zero. (QSTP §4, QSMP §1.7)</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Form of the cipher. Default the reference's. The others are weaker and only for peers that cannot do better; both ends must agree.</summary>
    public ChannelCipher Cipher
    {
        get;
        init => field = OptionCheck.Defined(value);
    } = ChannelCipher.Rcs;

    /// <summary>When this side's channels replace their keys by themselves. Default never.</summary>
    public RatchetPolicy Ratchets { get; init; } = RatchetPolicy.Never;

    /// <summary>
    /// Send a sealed keep-alive whenever nothing else was sent for so long, understand the peer's, and end a channel whose peer missed
    /// three. Default off (null); 100 ms to one day. An extension: both ends must be Postern and have it on, or the first one ends the
    /// connection.
    /// </summary>
    public TimeSpan? KeepAliveInterval
    {
        get;
        init => field = value is { } interval ? OptionCheck.Between(interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)) : null;
    }

    /// <summary>Where connections are logged. Default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock. Internal: nobody weakens it by accident.</summary>
    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What these options change about a handshake.</summary>
    internal HandshakeSettings HandshakeSettings => new() { Cipher = Cipher };

    /// <summary>The protocol that they are for, as logs and metrics name it.</summary>
    internal abstract string Protocol { get; }

    internal WireClock CreateHandshakeClock() => new(TimeProvider, ClockOffset, ClockTolerance);

    /// <summary>What a channel starts with.</summary>
    /// <exception cref="InvalidOperationException">The policy's kind of ratchet does not exist in this protocol.</exception>
    internal ChannelContext CreateContext(bool mayRatchet, bool hasKeyExchange = false)
    {
        if (!hasKeyExchange && !Ratchets.IsNever && Ratchets.Kind == RatchetKind.Asymmetric)
        {
            throw new InvalidOperationException("The options have a policy for asymmetric ratchets, which only DUPLEX channels have, and not those of McEliece's sets.");
        }

        return new ChannelContext
        {
            Protocol = Protocol,
            Clock = new WireClock(TimeProvider, ClockOffset, PacketTolerance),
            Cipher = Cipher,
            MayRatchet = mayRatchet,
            KeepAliveInterval = KeepAliveInterval,
            Ratchets = Ratchets,
            AnswersPerSecond = AnswersPerSecond,
            Logger = LoggerFactory.CreateLogger("Postern.Channel"),
        };
    }
}
