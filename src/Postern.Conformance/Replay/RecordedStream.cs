using Postern.Connections;

namespace Postern.Conformance.Replay;

/// <summary>
/// One end of a connection whose other end sends recorded bytes, a part a read, and then ends. No call waits. What is written is kept.
/// </summary>
internal sealed class RecordedStream(List<byte[]> parts, Action? afterWrite = null) : DuplexStream
{
    private readonly MemoryStream _written = new();
    private int _part;
    private int _offset;
    private int? _writtenAtEnd;

    /// <summary>Everything that was written.</summary>
    public byte[] Written => _written.ToArray();

    /// <summary>What had been written when the reader first came to the end.</summary>
    public byte[] WrittenBeforeEnd => Written[..(_writtenAtEnd ?? (int)_written.Length)];

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (_part < parts.Count && _offset == parts[_part].Length)
        {
            _part++;
            _offset = 0;
        }

        if (_part == parts.Count)
        {
            _writtenAtEnd ??= (int)_written.Length;
            return 0;
        }

        int count = Math.Min(buffer.Length, parts[_part].Length - _offset);
        parts[_part].AsSpan(_offset, count).CopyTo(buffer);
        _offset += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _written.Write(buffer);
        afterWrite?.Invoke();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        _written.Dispose();
        base.Dispose(disposing);
    }
}
