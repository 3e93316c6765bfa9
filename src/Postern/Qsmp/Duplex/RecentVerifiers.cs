using System.Runtime.InteropServices;
using Postern.Cryptography;

namespace Postern.Qsmp.Duplex;

/// <summary>
/// The trusted keys that senders proved lately, made ready: those are tried again and again. Not all trusted keys, as each takes up to 64 KiB
/// and there may be thousands; and none for the asking, as anyone can ask: only a request that was accepted puts its sender's key here, and
/// pushes out the one that was not proved for longest. The duration of a refusal tells how many of the trusted keys are here, and no more.
/// </summary>
/// <param name="capacity">How many keys, at least one.</param>
internal sealed class RecentVerifiers(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Entry> _entries = [];
    private long _proofs;

    /// <summary>How many keys are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>The key made ready, or null if it was not proved lately.</summary>
    public MessageVerifier? Find(QsmpPublicKey key)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(NameOf(key), out Entry? entry) && key.VerificationKey.SequenceEqual(entry.Key) ? entry.Verifier : null;
        }
    }

    /// <summary>Takes the key of an accepted request, and returns it made ready.</summary>
    public MessageVerifier Keep(QsmpPublicKey key)
    {
        MessageVerifier verifier = Find(key) ?? key.Suite.Signature.CreateVerifier(key.VerificationKey);
        lock (_lock)
        {
            _entries[NameOf(key)] = new Entry(key.VerificationKey.ToArray(), verifier, ++_proofs);
            if (_entries.Count > capacity) _entries.Remove(_entries.MinBy(entry => entry.Value.LastProof).Key);
        }

        return verifier;
    }

    // Every scheme's key begins with a random seed. Whoever copies another's only takes its place here.
    private static UInt128 NameOf(QsmpPublicKey key) => MemoryMarshal.Read<UInt128>(key.VerificationKey);

    private sealed record Entry(byte[] Key, MessageVerifier Verifier, long LastProof);
}
