using System.Buffers;
using System.Security.Cryptography;

namespace Postern.Tunneling;

/// <summary>
/// Bytes that came for a stream and were not read yet, in rented segments, which are cleared when they are given back. An empty one holds
/// none. Not thread-safe.
/// </summary>
internal sealed class InboundBytes
{
    private const int SegmentSize = 16 * 1024;

    private readonly Queue<byte[]> _segments = [];
    private byte[]? _last;
    private int _start;
    private int _end;

    /// <summary>Bytes that wait.</summary>
    public int Count { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        Count += data.Length;
        while (data.Length > 0)
        {
            if (_last is null || _end == _last.Length) AddSegment();
            int size = Math.Min(data.Length, _last!.Length - _end);
            data[..size].CopyTo(_last.AsSpan(_end));
            data = data[size..];
            _end += size;
        }
    }

    /// <summary>Takes as much as fits.</summary>
    public int Read(Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length && Count > 0)
        {
            byte[] first = _segments.Peek();
            int end = ReferenceEquals(first, _last) ? _end : first.Length;
            int size = Math.Min(buffer.Length - total, end - _start);
            first.AsSpan(_start, size).CopyTo(buffer[total..]);
            _start += size;
            total += size;
            Count -= size;
            if (_start == end) RemoveSegment();
        }

        return total;
    }

    public void Clear()
    {
        while (_segments.Count > 0) RemoveSegment();
        Count = 0;
    }

    private void AddSegment()
    {
        _last = ArrayPool<byte>.Shared.Rent(SegmentSize);
        _end = 0;
        _segments.Enqueue(_last);
    }

    private void RemoveSegment()
    {
        byte[] first = _segments.Dequeue();
        if (ReferenceEquals(first, _last)) _last = null;
        _start = 0;
        CryptographicOperations.ZeroMemory(first);
        ArrayPool<byte>.Shared.Return(first);
    }
}
