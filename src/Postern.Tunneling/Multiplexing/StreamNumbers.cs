namespace Postern.Tunneling;

/// <summary>The numbers of a tunnel's streams: odd ones of its initiator, even ones of the other side, each higher than all before.</summary>
/// <param name="isClient">This side opened the tunnel.</param>
/// <param name="first">Our first one, for tests; the usual one if null.</param>
internal sealed class StreamNumbers(bool isClient, uint? first)
{
    private readonly Lock _gate = new();
    private uint _next = first ?? (isClient ? 1u : 2u);
    private uint _lastOfPeer;

    public bool IsOwn(uint id) => (id & 1) == (isClient ? 1u : 0u);

    /// <summary>The next of our own; 0 if all were used.</summary>
    public uint Take()
    {
        lock (_gate)
        {
            if (_next >= uint.MaxValue - 1) return 0;
            uint id = _next;
            _next += 2;
            return id;
        }
    }

    /// <summary>The peer opens a stream.</summary>
    /// <exception cref="FormatException">It has no such number to take.</exception>
    public void ExpectNextOfPeer(uint id)
    {
        lock (_gate)
        {
            if (id == 0 || IsOwn(id) || id <= _lastOfPeer) throw new FormatException($"The peer opened the stream {id} out of order.");
            _lastOfPeer = id;
        }
    }

    /// <summary>A stream of that number is there, or was.</summary>
    public bool WasOpen(uint id)
    {
        lock (_gate) return id > 0 && (IsOwn(id) ? id < _next : id <= _lastOfPeer);
    }
}
