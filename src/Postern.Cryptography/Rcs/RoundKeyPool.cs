using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Lends memory for round keys, erased when it comes back. What is lent is counted, so that a process with many channels can keep it to
/// a few megabytes; and it is kept for others, for pinned memory that is let go leaves holes in the heap.
/// </summary>
internal static class RoundKeyPool
{
    // Two megabytes, or less.
    private const int Plenty = 2048;

    private static int _lent;

    private static readonly ConcurrentDictionary<int, ConcurrentQueue<RoundKeys>> Kept = new();

    /// <summary>How many are lent.</summary>
    public static int Lent => Volatile.Read(ref _lent);

    /// <summary>So much is lent that whoever has nothing to do should give it back.</summary>
    public static bool IsShort => Lent > Plenty;

    /// <summary>Memory of exactly this size, with zeros in it or not.</summary>
    public static RoundKeys Rent(int size)
    {
        if (!Kept.TryGetValue(size, out ConcurrentQueue<RoundKeys>? kept) || !kept.TryDequeue(out RoundKeys? roundKeys)) roundKeys = new RoundKeys(size);
        Interlocked.Increment(ref _lent);
        roundKeys.IsLent = true;
        return roundKeys;
    }

    /// <summary>Erases it and takes it back.</summary>
    public static void Return(RoundKeys roundKeys)
    {
        CryptographicOperations.ZeroMemory(roundKeys.Bytes);
        roundKeys.IsLent = false;
        Forget();
        ConcurrentQueue<RoundKeys> kept = Kept.GetOrAdd(roundKeys.Bytes.Length, static _ => new ConcurrentQueue<RoundKeys>());
        if (kept.Count < Plenty) kept.Enqueue(roundKeys);
    }

    /// <summary>Some are not lent any more.</summary>
    public static void Forget() => Interlocked.Decrement(ref _lent);
}
