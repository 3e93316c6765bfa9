using System.Net;

namespace Postern.Connections;

/// <summary>
/// How often one network may connect: a bucket that holds one second's worth and fills up again. Networks that have been quiet for a
/// second are forgotten. The caller holds a lock. (QSMP §6 row 9)
/// </summary>
internal sealed class ConnectRate(int perSecond, TimeProvider clock)
{
    private readonly Dictionary<IPAddress, (double Left, long Time)> _buckets = [];
    private long _lastSweep = clock.GetTimestamp();

    /// <summary>How many a second.</summary>
    public int PerSecond { get; set; } = perSecond;

    /// <summary>Takes one connection from the network's bucket, or returns false if it is empty.</summary>
    public bool TryTake(IPAddress network)
    {
        long now = clock.GetTimestamp();
        Sweep(now);
        double left = PerSecond;
        if (_buckets.TryGetValue(network, out (double Left, long Time) bucket))
        {
            left = Math.Min(PerSecond, bucket.Left + (clock.GetElapsedTime(bucket.Time, now).TotalSeconds * PerSecond));
        }

        if (left < 1) return false;
        _buckets[network] = (left - 1, now);
        return true;
    }

    private void Sweep(long now)
    {
        if (clock.GetElapsedTime(_lastSweep, now) < TimeSpan.FromSeconds(1)) return;
        _lastSweep = now;
        foreach ((IPAddress network, (double _, long time)) in _buckets)
        {
            // Removing while enumerating is allowed for this type.
            if (clock.GetElapsedTime(time, now) >= TimeSpan.FromSeconds(1)) _buckets.Remove(network);
        }
    }
}
