namespace Postern.Cli.Inspection;

/// <summary>One direction of a TCP connection, put in order. What was sent twice is dropped; what is missing is passed over and counted.</summary>
internal sealed class SegmentQueue
{
    // As much as a window holds; whoever waits for more has lost something.
    private const int MaxWaiting = 4 * 1024 * 1024;

    // By distance from the first byte seen, which does not wrap.
    private readonly SortedDictionary<long, ReadOnlyMemory<byte>> _waiting = [];
    private uint? _first;
    private long _next;
    private long _waitingBytes;

    /// <summary>Takes a segment in.</summary>
    public void Add(TcpSegment segment)
    {
        uint sequence = segment.IsSyn ? unchecked(segment.Sequence + 1) : segment.Sequence;
        if (_first is null && segment.Data.IsEmpty && !segment.IsSyn) return;
        _first ??= sequence;
        // The place nearest to where the stream is: the numbers wrap.
        long place = _next + unchecked((int)(sequence - (uint)(_first.Value + (ulong)_next)));
        if (segment.Data.IsEmpty || place + segment.Data.Length <= _next) return;
        if (_waiting.TryGetValue(place, out ReadOnlyMemory<byte> other))
        {
            if (other.Length >= segment.Data.Length) return;
            _waitingBytes -= other.Length;
        }

        _waiting[place] = segment.Data;
        _waitingBytes += segment.Data.Length;
    }

    /// <summary>The next bytes in order, and how many are missing before them; false if there are none yet.</summary>
    /// <param name="isEnd">Nothing more will come: what is missing stays so.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="missing">Bytes between the last ones and these.</param>
    public bool TryTake(bool isEnd, out ReadOnlyMemory<byte> data, out long missing)
    {
        (data, missing) = (default, 0);
        while (_waiting.Count > 0)
        {
            (long place, ReadOnlyMemory<byte> segment) = _waiting.First();
            if (place > _next && !isEnd && _waitingBytes <= MaxWaiting) return false;
            _waiting.Remove(place);
            _waitingBytes -= segment.Length;
            long known = Math.Max(_next - place, 0);
            if (known >= segment.Length) continue;
            missing = Math.Max(place - _next, 0);
            data = segment[(int)known..];
            _next = place + segment.Length;
            return true;
        }

        return false;
    }
}
