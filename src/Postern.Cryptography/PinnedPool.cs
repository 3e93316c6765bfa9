using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Pinned memory for the secrets of handshakes. It is kept for the next ones: pinned memory that is let go leaves holes between that of the
/// channels that stay, for it is never compacted.
/// </summary>
internal static class PinnedPool
{
    // What handshakes at the same moment need; a few hundred kilobytes.
    private const int MostOfASize = 64;

    private static readonly ConcurrentDictionary<int, ConcurrentQueue<byte[]>> Kept = new();

    /// <summary>An array of exactly this size, all zeros.</summary>
    public static byte[] Rent(int size) =>
        Kept.TryGetValue(size, out ConcurrentQueue<byte[]>? kept) && kept.TryDequeue(out byte[]? bytes) ? bytes : GC.AllocateArray<byte>(size, pinned: true);

    /// <summary>Erases it and takes it back.</summary>
    public static void Return(byte[] bytes)
    {
        CryptographicOperations.ZeroMemory(bytes);
        ConcurrentQueue<byte[]> kept = Kept.GetOrAdd(bytes.Length, static _ => new ConcurrentQueue<byte[]>());
        if (kept.Count < MostOfASize) kept.Enqueue(bytes);
    }
}
