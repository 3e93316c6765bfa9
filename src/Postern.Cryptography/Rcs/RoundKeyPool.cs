using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Pinned memory for round keys, erased when it comes back. What is lent is counted, so that a process with many channels can keep it to
/// a few megabytes; and it is kept for others, for pinned memory that is let go leaves holes in the heap.
/// </summary>
internal static class RoundKeyPool
{
    // Three or four megabytes.
    private const int Plenty = 4096;

    private static int _lent;

    private static readonly ConcurrentDictionary<int, ConcurrentQueue<byte[]>> Kept = new();

    /// <summary>So much is lent that whoever has nothing to do should give it back.</summary>
    public static bool IsShort => Volatile.Read(ref _lent) > Plenty;

    /// <summary>An array of exactly this size, with zeros in it or not.</summary>
    public static byte[] Rent(int size)
    {
        Interlocked.Increment(ref _lent);
        return Kept.TryGetValue(size, out ConcurrentQueue<byte[]>? kept) && kept.TryDequeue(out byte[]? roundKeys)
            ? roundKeys
            : GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    /// <summary>Erases it and takes it back.</summary>
    public static void Return(byte[] roundKeys)
    {
        Interlocked.Decrement(ref _lent);
        CryptographicOperations.ZeroMemory(roundKeys);
        ConcurrentQueue<byte[]> kept = Kept.GetOrAdd(roundKeys.Length, static _ => new ConcurrentQueue<byte[]>());
        if (kept.Count < Plenty) kept.Enqueue(roundKeys);
    }
}
