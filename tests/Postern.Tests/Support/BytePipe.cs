namespace Postern.Tests.Support;

/// <summary>One direction of a <see cref="DuplexPipe"/>: bytes in order, at most <paramref name="capacity"/> on their way.</summary>
internal sealed class BytePipe(int capacity)
{
    private readonly Lock _lock = new();
    private byte[] _bytes = new byte[1024];
    private int _start;
    private int _count;
    private bool _writerDone;
    private bool _readerGone;
    private bool _broken;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Bytes written and not yet read.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_readerGone, this);
                if (_broken) throw new IOException("The connection was reset.");
                if (_count > 0) return Take(buffer.Span);
                if (_writerDone) return 0;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_writerDone, this);
                if (_readerGone || _broken) throw new IOException("The peer has gone.");
                buffer = buffer[Put(buffer.Span)..];
                if (buffer.IsEmpty) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The end of the stream, after what is on its way.</summary>
    public void CompleteWriting() => Change(() => _writerDone = true);

    /// <summary>Nobody reads any more: writing fails.</summary>
    public void CloseReader() => Change(() => _readerGone = true);

    /// <summary>A reset: what is on its way is lost, reading and writing fail.</summary>
    public void Break() => Change(() => _broken = true);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            Pulse();
        }
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _count);
        _bytes.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        _count -= count;
        if (_count == 0) _start = 0;
        if (count > 0) Pulse();
        return count;
    }

    private int Put(ReadOnlySpan<byte> buffer)
    {
        int count = Math.Min(buffer.Length, capacity - _count);
        if (count == 0) return 0;
        if (_start + _count + count > _bytes.Length)
        {
            byte[] larger = new byte[Math.Max(_bytes.Length, 2 * (_count + count))];
            _bytes.AsSpan(_start, _count).CopyTo(larger);
            _bytes = larger;
            _start = 0;
        }

        buffer[..count].CopyTo(_bytes.AsSpan(_start + _count));
        _count += count;
        Pulse();
        return count;
    }

    private void Pulse()
    {
        TaskCompletionSource changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }
}
