namespace Postern.Load.Soak;

/// <summary>What happened on one pair of processes, counted by whoever did it.</summary>
internal sealed class SoakTally
{
    private const int MaxComplaints = 20;

    private readonly Lock _lock = new();
    private readonly List<string> _complaints = [];
    private long _exchanged;
    private long _left;
    private long _cut;
    private long _bytes;
    private long _reloads;
    private long _refusedReloads;
    private long _restarts;

    /// <summary>Connections whose every byte came back.</summary>
    public long Exchanged => Volatile.Read(ref _exchanged);

    /// <summary>Connections that the client left or reset half-way, on purpose.</summary>
    public long Left => Volatile.Read(ref _left);

    /// <summary>Connections that were cut while the service behind was gone.</summary>
    public long Cut => Volatile.Read(ref _cut);

    /// <summary>Bytes that came back and were compared.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public long Reloads => Volatile.Read(ref _reloads);

    /// <summary>Reloads of a broken file.</summary>
    public long RefusedReloads => Volatile.Read(ref _refusedReloads);

    /// <summary>How often the service behind went and came back.</summary>
    public long Restarts => Volatile.Read(ref _restarts);

    /// <summary>What should not have been, the first of it.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_lock) return [.. _complaints];
        }
    }

    public void CountExchange(long bytes)
    {
        Interlocked.Increment(ref _exchanged);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void CountLeft() => Interlocked.Increment(ref _left);

    public void CountCut() => Interlocked.Increment(ref _cut);

    public void CountReload() => Interlocked.Increment(ref _reloads);

    public void CountRefusedReload() => Interlocked.Increment(ref _refusedReloads);

    public void CountRestart() => Interlocked.Increment(ref _restarts);

    /// <summary>Says that something is wrong: the soak has failed.</summary>
    public void Complain(string what)
    {
        lock (_lock)
        {
            if (_complaints.Count < MaxComplaints) _complaints.Add(what);
        }
    }
}
