using Postern.Telemetry;

namespace Postern.Connections;

/// <summary>Counters of a channel, written by its two halves and read by anyone.</summary>
internal sealed class ChannelActivity(TimeProvider clock, ChannelMeters meters)
{
    private readonly long _establishedTicks = clock.GetUtcNow().UtcTicks;
    private long _bytesSent;
    private long _bytesReceived;
    private long _lastSent = clock.GetTimestamp();
    private long _lastReceived = clock.GetTimestamp();

    /// <summary>Where it is counted for all channels together.</summary>
    public ChannelMeters Meters => meters;

    public long BytesSent => Volatile.Read(ref _bytesSent);

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public DateTimeOffset Established => new(_establishedTicks, TimeSpan.Zero);

    /// <summary>Since a packet was sent.</summary>
    public TimeSpan SendIdleTime => clock.GetElapsedTime(Volatile.Read(ref _lastSent));

    /// <summary>Since a packet was received.</summary>
    public TimeSpan ReceiveIdleTime => clock.GetElapsedTime(Volatile.Read(ref _lastReceived));

    /// <summary>Since a packet was sent or received.</summary>
    public TimeSpan IdleTime => SendIdleTime < ReceiveIdleTime ? SendIdleTime : ReceiveIdleTime;

    public void Sent(int size)
    {
        Interlocked.Add(ref _bytesSent, size);
        meters.Sent(size);
    }

    public void Received(int size)
    {
        Interlocked.Add(ref _bytesReceived, size);
        meters.Received(size);
    }

    public void TouchSent() => Volatile.Write(ref _lastSent, clock.GetTimestamp());

    public void TouchReceived() => Volatile.Write(ref _lastReceived, clock.GetTimestamp());
}
