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
/// <param name="capacity">Requests that are remembered; when there are more within the lifetime, the next is refused.</param>
internal sealed class ReplayCache(ulong lifetime, int repetitions, int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, int> _uses = [];
    private readonly Queue<(UInt128 Request, ulong Time)> _order = new();

    /// <summary>Takes a request, or returns false if it came too often. Only verified requests: nobody else can fill the cache.</summary>
    public bool TryUse(ReadOnlySpan<byte> request, ulong now)
    {
        Span<byte> digest = stackalloc byte[Sha3.DigestSize256];
        Sha3.HashData256(request, digest);
        UInt128 name = MemoryMarshal.Read<UInt128>(digest);
        lock (_lock)
        {
            while (_order.TryPeek(out (UInt128 Request, ulong Time) oldest) && now > oldest.Time + lifetime)
            {
                _uses.Remove(oldest.Request);
                _order.Dequeue();
            }

            ref int uses = ref CollectionsMarshal.GetValueRefOrNullRef(_uses, name);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref uses)) return ++uses <= repetitions;
            if (_order.Count >= capacity) return false;
            _uses.Add(name, 1);
            _order.Enqueue((name, now));
            return true;
        }
    }
}
