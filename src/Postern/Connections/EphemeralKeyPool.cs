using System.Collections.Concurrent;
using Postern.Cryptography;
using Postern.Handshakes;

namespace Postern.Connections;

/// <summary>
/// Ephemeral keys made ahead, for KEMs whose keys take long to make: a McEliece server answers in milliseconds while they last. Bounded;
/// one thread fills it up. A key waits for an hour at most: who reads a server's memory can open the handshakes of the keys that wait there.
/// </summary>
internal sealed class EphemeralKeyPool : EphemeralKeys, IDisposable
{
    /// <summary>How old a key gets before it is thrown away unused.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    // A key is erased this much later at most.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(5);

    private readonly int _capacity;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<KemAlgorithm, ConcurrentQueue<PreparedKey>> _keys = new();
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wanted = new(initialState: false);
    private readonly Thread _maker;
    private volatile bool _disposed;

    /// <summary>Begins to make keys for these algorithms.</summary>
    public EphemeralKeyPool(IEnumerable<KemAlgorithm> algorithms, int capacity, TimeProvider clock)
    {
        _capacity = capacity;
        _clock = clock;
        foreach (KemAlgorithm kem in algorithms) _keys.TryAdd(kem, new ConcurrentQueue<PreparedKey>());
        _maker = new Thread(MakeKeys) { IsBackground = true, Name = "Postern ephemeral keys" };
        _maker.Start();
    }

    /// <summary>Keys that are ready for this algorithm.</summary>
    public int CountOf(KemAlgorithm kem) => _keys.TryGetValue(kem, out ConcurrentQueue<PreparedKey>? ready) ? ready.Count : 0;

    public override SecretBytes Take(KemAlgorithm kem, RandomSource random, Span<byte> publicKey)
    {
        if (!_keys.TryGetValue(kem, out ConcurrentQueue<PreparedKey>? ready)) return Fresh.Take(kem, random, publicKey);
        PreparedKey? key;
        while (ready.TryDequeue(out key) && IsOld(key)) key.SecretKey.Dispose();
        lock (_lock)
        {
            if (!_disposed) _wanted.Set();
        }

        if (key is null) return Fresh.Take(kem, random, publicKey);
        key.PublicKey.CopyTo(publicKey);
        return key.SecretKey;
    }

    /// <summary>Stops, and erases the keys that nobody took.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            _wanted.Set();
        }

        _maker.Join();
        _wanted.Dispose();
        foreach (ConcurrentQueue<PreparedKey> ready in _keys.Values)
        {
            while (ready.TryDequeue(out PreparedKey? key)) key.SecretKey.Dispose();
        }
    }

    private void MakeKeys()
    {
        while (!_disposed)
        {
            if (!MakeOneOfEach()) _wanted.WaitOne(SweepInterval);
        }
    }

    // One of each in turn, so that no algorithm waits for another's pool to be full. False if all are.
    private bool MakeOneOfEach()
    {
        bool made = false;
        foreach ((KemAlgorithm kem, ConcurrentQueue<PreparedKey> ready) in _keys)
        {
            DropOld(ready);
            if (_disposed || ready.Count >= _capacity) continue;
            byte[] publicKey = new byte[kem.PublicKeySize];
            ready.Enqueue(new PreparedKey(publicKey, Fresh.Take(kem, RandomSource.System, publicKey), _clock.GetTimestamp()));
            made = true;
        }

        return made;
    }

    private void DropOld(ConcurrentQueue<PreparedKey> ready)
    {
        for (int count = ready.Count; count > 0 && ready.TryDequeue(out PreparedKey? key); count--)
        {
            if (IsOld(key)) key.SecretKey.Dispose();
            else ready.Enqueue(key);
        }
    }

    private bool IsOld(PreparedKey key) => _clock.GetElapsedTime(key.Made) > MaxAge;

    private sealed record PreparedKey(byte[] PublicKey, SecretBytes SecretKey, long Made);
}
