using System.Collections.Concurrent;
using Postern.Cryptography;
using Postern.Handshakes;

namespace Postern.Connections;

/// <summary>
/// Ephemeral keys made ahead, for KEMs whose keys take long to make: a McEliece server answers in milliseconds while they last. Bounded;
/// one thread of low priority fills it up, and only for algorithms that a handshake has asked for or that were announced.
/// </summary>
internal sealed class EphemeralKeyPool : EphemeralKeys, IDisposable
{
    private readonly int _capacity;
    private readonly ConcurrentDictionary<KemAlgorithm, ConcurrentQueue<PreparedKey>> _keys = new();
    private readonly AutoResetEvent _wanted = new(initialState: false);
    private readonly Thread _maker;
    private volatile bool _disposed;

    /// <summary>Begins to make keys for these algorithms.</summary>
    public EphemeralKeyPool(IEnumerable<KemAlgorithm> algorithms, int capacity)
    {
        _capacity = capacity;
        foreach (KemAlgorithm kem in algorithms) _keys.TryAdd(kem, new ConcurrentQueue<PreparedKey>());
        _maker = new Thread(MakeKeys) { IsBackground = true, Priority = ThreadPriority.BelowNormal, Name = "Postern ephemeral keys" };
        _maker.Start();
    }

    /// <summary>Keys that are ready for this algorithm.</summary>
    public int CountOf(KemAlgorithm kem) => _keys.TryGetValue(kem, out ConcurrentQueue<PreparedKey>? ready) ? ready.Count : 0;

    public override SecretBytes Take(KemAlgorithm kem, RandomSource random, Span<byte> publicKey)
    {
        if (!_keys.TryGetValue(kem, out ConcurrentQueue<PreparedKey>? ready) || !ready.TryDequeue(out PreparedKey? key))
        {
            return Fresh.Take(kem, random, publicKey);
        }

        key.PublicKey.CopyTo(publicKey);
        if (!_disposed) _wanted.Set();
        return key.SecretKey;
    }

    /// <summary>Stops, and erases the keys that nobody took.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _wanted.Set();
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
            if (!MakeOneOfEach()) _wanted.WaitOne();
        }
    }

    // One of each in turn, so that no algorithm waits for another's pool to be full. False if all are.
    private bool MakeOneOfEach()
    {
        bool made = false;
        foreach ((KemAlgorithm kem, ConcurrentQueue<PreparedKey> ready) in _keys)
        {
            if (_disposed || ready.Count >= _capacity) continue;
            byte[] publicKey = new byte[kem.PublicKeySize];
            ready.Enqueue(new PreparedKey(publicKey, Fresh.Take(kem, RandomSource.System, publicKey)));
            made = true;
        }

        return made;
    }

    private sealed record PreparedKey(byte[] PublicKey, SecretBytes SecretKey);
}
