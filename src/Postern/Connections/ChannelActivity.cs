namespace Postern;

/// <summary>Counters of a channel, written by its two halves and read by anyone.</summary>
internal sealed class ChannelActivity(TimeProvider clock)
{
    private long _bytesSent;
    private long _bytesReceived;
    private long _lastPacket = clock.GetTimestamp();

    public long BytesSent => Volatile.Read(ref _bytesSent);

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public TimeSpan IdleTime => clock.GetElapsedTime(Volatile.Read(ref _lastPacket));

    public void Sent(int size) => Interlocked.Add(ref _bytesSent, size);

    public void Received(int size) => Interlocked.Add(ref _bytesReceived, size);

    public void Touch() => Volatile.Write(ref _lastPacket, clock.GetTimestamp());
}
