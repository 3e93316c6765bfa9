using System.Net;

namespace Postern.Tunneling;

/// <summary>
/// One of many streams in a tunnel: bytes both ways, each direction with an end of its own. The peer may send no more than its window allows, so a
/// reader that stands still stops its own stream and no other.
/// </summary>
public sealed class MultiplexedStream : PlainEnd
{
    // Half a window in less than this, and the path's delay may be what limits the stream.
    private static readonly TimeSpan QuickRead = TimeSpan.FromMilliseconds(500);

    private readonly StreamMultiplexer _multiplexer;
    private readonly Lock _gate = new();
    private readonly InboundBytes _inbound = new();
    private readonly StreamSignal _arrived = new();
    private readonly StreamSignal _credited = new();
    private readonly int _initialWindow;
    private int _window;
    private int _unread;
    private int _consumed;
    private long _creditTime;
    private bool _starved;
    private bool _inboundEnded;
    private long _credit;
    private bool _outboundEnded;
    private Exception? _failure;

    internal MultiplexedStream(StreamMultiplexer multiplexer, uint id, string target, IPEndPoint? source, uint credit)
    {
        _multiplexer = multiplexer;
        Id = id;
        Target = target;
        Source = source;
        _credit = credit;
        _initialWindow = _window = multiplexer.Options.InitialWindow;
        _creditTime = multiplexer.Options.TimeProvider.GetTimestamp();
    }

    /// <summary>What it was opened to, as <see cref="StreamTarget"/> writes it.</summary>
    public string Target { get; }

    /// <summary>Who the opener says it is for; null if it does not say.</summary>
    public IPEndPoint? Source { get; }

    /// <summary>Its number in the tunnel.</summary>
    internal uint Id { get; }

    /// <summary>The answer to its opening, on the opener's side.</summary>
    internal TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public override async ValueTask WaitForDataAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_inbound.Count > 0 || _inboundEnded || _failure is not null) return;
                _starved = true;
            }

            await _arrived.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        await WaitForDataAsync().ConfigureAwait(false);
        int size;
        int credit;
        lock (_gate)
        {
            if (_inbound.Count == 0 && _failure is { } failure) throw StreamMultiplexer.Again(failure);
            size = _inbound.Read(buffer.Span);
            _unread -= size;
            credit = _inboundEnded ? 0 : TakeCredit(size);
        }

        if (credit > 0) _multiplexer.Queue(StreamFrames.Credit(Id, (uint)credit));
        return size;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
        {
            int size = await TakeOutboundAsync(data.Length).ConfigureAwait(false);
            await _multiplexer.SendDataAsync(Id, data[..size]).ConfigureAwait(false);
            data = data[size..];
        }
    }

    /// <inheritdoc/>
    public override async ValueTask CompleteAsync()
    {
        lock (_gate)
        {
            if (_failure is { } failure) throw StreamMultiplexer.Again(failure);
            if (_outboundEnded) return;
            _outboundEnded = true;
        }

        await _multiplexer.SendAsync(StreamFrames.Bare(StreamFrame.End, Id)).ConfigureAwait(false);
        LeaveIfOver();
    }

    /// <inheritdoc/>
    public override ValueTask CloseAsync() => AbortAsync();

    /// <summary>Cuts the stream unless both directions have ended. Never throws.</summary>
    public override ValueTask AbortAsync()
    {
        bool isOver;
        lock (_gate)
        {
            isOver = _failure is not null || (_inboundEnded && _outboundEnded);
            _failure ??= new IOException("The stream was cut on this side.");
            _inbound.Clear();
        }

        if (!isOver) _multiplexer.Queue(StreamFrames.Bare(StreamFrame.Reset, Id));
        Wake();
        _multiplexer.Leave(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Bytes came.</summary>
    /// <exception cref="FormatException">More than the window allows, or after the end.</exception>
    internal void Arrived(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            if (_inboundEnded) throw new FormatException("Data after the end of a stream.");
            _unread += data.Length;
            if (_unread + _consumed > _window) throw new FormatException("More data than the stream's window allows.");
            // Somebody who does not read any more gets nothing; the peer will see that from the reset.
            if (_failure is null) _inbound.Append(data);
        }

        _arrived.Set();
    }

    /// <summary>The peer sends nothing more.</summary>
    /// <exception cref="FormatException">It said so before.</exception>
    internal void Ended()
    {
        lock (_gate)
        {
            if (_inboundEnded) throw new FormatException("A second end of a stream.");
            _inboundEnded = true;
        }

        _arrived.Set();
        LeaveIfOver();
    }

    /// <summary>The peer takes so much more.</summary>
    /// <exception cref="FormatException">More than anybody can take.</exception>
    internal void Credited(uint size)
    {
        lock (_gate)
        {
            _credit += size;
            if (_credit > uint.MaxValue) throw new FormatException("A stream's window of more than 4 GiB.");
        }

        _credited.Set();
    }

    /// <summary>The peer cut it, or the tunnel is gone: what came before can still be read only if <paramref name="failure"/> came from an end.</summary>
    internal void Fail(Exception failure)
    {
        lock (_gate)
        {
            if (_inboundEnded && _outboundEnded) return;
            _failure ??= failure;
            _inbound.Clear();
        }

        // Perhaps nobody waits for it: then it counts as seen.
        if (Opened.TrySetException(failure)) _ = Opened.Task.Exception;
        Wake();
    }

    /// <summary>How much the window has grown, to be given back.</summary>
    internal int TakeGrowth()
    {
        lock (_gate)
        {
            int growth = _window - _initialWindow;
            _window = _initialWindow;
            return growth;
        }
    }

    // Credit goes back when half of the window was read. A reader that was quick with it and had to wait for more could have taken more.
    private int TakeCredit(int size)
    {
        _consumed += size;
        if (_consumed < _window / 2) return 0;
        int credit = _consumed;
        _consumed = 0;
        int growth = Math.Min(_window, _multiplexer.Options.MaxWindow - _window);
        if (IsQuick() && _starved && growth > 0 && _failure is null && _multiplexer.Options.Budget.TryTake(growth))
        {
            _window += growth;
            credit += growth;
        }

        _starved = false;
        return credit;
    }

    private bool IsQuick()
    {
        TimeProvider time = _multiplexer.Options.TimeProvider;
        TimeSpan taken = time.GetElapsedTime(_creditTime);
        _creditTime = time.GetTimestamp();
        return taken < QuickRead;
    }

    private async ValueTask<int> TakeOutboundAsync(int wanted)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_failure is { } failure) throw StreamMultiplexer.Again(failure);
                if (_outboundEnded) throw new InvalidOperationException("The stream's direction was ended before.");
                if (_credit > 0)
                {
                    int size = (int)Math.Min(_credit, Math.Min(wanted, StreamMultiplexer.MaxDataSize));
                    _credit -= size;
                    return size;
                }
            }

            await _credited.WaitAsync().ConfigureAwait(false);
        }
    }

    private void LeaveIfOver()
    {
        lock (_gate)
        {
            if (!_inboundEnded || !_outboundEnded) return;
        }

        _multiplexer.Leave(this);
    }

    private void Wake()
    {
        _arrived.Set();
        _credited.Set();
    }
}
