namespace Postern.Tunneling;

/// <summary>Counters of relays, written by all of them and read by anyone.</summary>
public sealed class RelayTraffic
{
    private long _connections;
    private long _active;
    private long _failures;
    private long _bytesToChannel;
    private long _bytesFromChannel;
    private long _ratchets;

    /// <summary>Connections taken on so far.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>Connections that are there now.</summary>
    public long Active => Volatile.Read(ref _active);

    /// <summary>Connections that could not be relayed, or were cut.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Bytes that went from the plain side into tunnels.</summary>
    public long BytesToChannel => Volatile.Read(ref _bytesToChannel);

    /// <summary>Bytes that came out of tunnels.</summary>
    public long BytesFromChannel => Volatile.Read(ref _bytesFromChannel);

    /// <summary>Ratchets of all channels, by either side, as of the bytes that each relayed last.</summary>
    public long Ratchets => Volatile.Read(ref _ratchets);

    internal void Begin()
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _active);
    }

    internal void End() => Interlocked.Decrement(ref _active);

    internal void Fail() => Interlocked.Increment(ref _failures);

    internal void ToChannel(int size) => Interlocked.Add(ref _bytesToChannel, size);

    internal void Ratcheted(long count) => Interlocked.Add(ref _ratchets, count);

    internal void FromChannel(int size) => Interlocked.Add(ref _bytesFromChannel, size);
}
