using Postern.Cryptography;

namespace Postern.Channels;

/// <summary>
/// Keys of peers and roots made ready, those that were used last: each takes up to 64 KiB, and a client may know tens of thousands of servers.
/// The others stay bytes, and are made ready again by their next use, which takes about as long as a verification from bytes.
/// </summary>
/// <param name="capacity">How many keys, at least one.</param>
internal sealed class ReadyVerifiers(int capacity)
{
    /// <summary>Most keys that a process keeps ready: 8 MiB.</summary>
    public const int MostShared = 128;

    private readonly Lock _lock = new();
    private readonly Dictionary<object, LinkedListNode<Entry>> _entries = new(ReferenceEqualityComparer.Instance);

    // The one that was not used for longest first.
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>Those of this process.</summary>
    public static ReadyVerifiers Shared { get; } = new(MostShared);

    /// <summary>How many keys are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>The key that belongs to <paramref name="owner"/>, always the same one. Two that ask first at once may make it twice.</summary>
    public MessageVerifier Take(object owner, SignatureAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        if (Find(owner) is { } ready) return ready;
        MessageVerifier verifier = algorithm.CreateVerifier(key);
        Keep(owner, verifier);
        return verifier;
    }

    private MessageVerifier? Find(object owner)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(owner, out LinkedListNode<Entry>? node)) return null;
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Verifier;
        }
    }

    private void Keep(object owner, MessageVerifier verifier)
    {
        lock (_lock)
        {
            if (_entries.ContainsKey(owner)) return;
            if (_entries.Count == capacity)
            {
                _entries.Remove(_byUse.First!.Value.Owner);
                _byUse.RemoveFirst();
            }

            _entries.Add(owner, _byUse.AddLast(new Entry(owner, verifier)));
        }
    }

    private sealed record Entry(object Owner, MessageVerifier Verifier);
}
