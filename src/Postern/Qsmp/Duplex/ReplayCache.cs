using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Postern.Cryptography;

namespace Postern.Qsmp.Duplex;

/// <summary>
/// Connect requests that verified, for as long as the time window would accept them again: a recorded one costs a listener a key
/// generation and a signature. A reference sender signs deterministically, so two connections in one second begin with the same bytes:
/// a few repetitions are allowed. (QSMP §6 row 9)
/// </summary>
/// <param name="lifetime">Seconds after which a request is too old for the window, whatever the clocks.</param>
/// <param name="repetitions">How often the same bytes are taken.</param>
/// <param name="capacity">Requests of one sender that are remembered; when there are more, its own oldest is forgotten.</param>
internal sealed class ReplayCache(ulong lifetime, int repetitions, int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Sender> _senders = [];

    /// <summary>It remembers for so long, and takes so many.</summary>
    public bool IsFor(ulong seconds, int times) => lifetime == seconds && repetitions == times;

    /// <summary>Takes a request, or returns false if it came too often. Only verified requests: nobody else can fill the cache.</summary>
    public bool TryUse(ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> request, ulong now)
    {
        UInt128 sender = NameOf(verificationKey);
        UInt128 name = NameOf(request);
        lock (_lock)
        {
            ref Sender? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_senders, sender, out _);
            known ??= new Sender();
            return known.TryUse(name, now, lifetime, repetitions, capacity);
        }
    }

    private static UInt128 NameOf(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[Sha3.DigestSize256];
        Sha3.HashData256(data, digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }

    // There are no more of them than trusted keys.
    private sealed class Sender
    {
        private readonly Dictionary<UInt128, int> _uses = [];
        private readonly Queue<(UInt128 Request, ulong Time)> _order = new();

        public bool TryUse(UInt128 request, ulong now, ulong lifetime, int repetitions, int capacity)
        {
            while (_order.TryPeek(out (UInt128 Request, ulong Time) oldest) && now > oldest.Time + lifetime) Forget();
            ref int uses = ref CollectionsMarshal.GetValueRefOrNullRef(_uses, request);
            if (!Unsafe.IsNullRef(ref uses)) return ++uses <= repetitions;
            if (_order.Count >= capacity) Forget();
            _uses.Add(request, 1);
            _order.Enqueue((request, now));
            return true;
        }

        private void Forget() => _uses.Remove(_order.Dequeue().Request);
    }
}
