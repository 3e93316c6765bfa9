using System.Collections.Concurrent;
using System.Net;

namespace Postern.Tunneling;

/// <summary>
/// Many streams in one channel, between Postern peers that both were told to. Each message of the channel is a frame of one stream; whoever sends takes
/// turns, a frame each, so that no stream waits for the whole of another. (docs/wire-extensions.md)
/// </summary>
public sealed class StreamMultiplexer : IAsyncDisposable
{
    /// <summary>Most bytes of a stream in one frame: with everything around it a packet fills 32 KiB.</summary>
    internal const int MaxDataSize = (32 * 1024) - 64 - StreamFrames.HeaderSize;

    private readonly SecureChannel _channel;
    private readonly StreamHandler _handler;
    private readonly ConcurrentDictionary<uint, MultiplexedStream> _streams = new();
    private readonly StreamOutbox _outbox;
    private readonly StreamNumbers _numbers;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<(uint MaxStreams, uint Window)> _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _order = new(1, 1);
    private uint _peerWindow;
    private int _own;
    private int _handlers;
    private int _disposed;
    private Exception? _failure;

    private StreamMultiplexer(SecureChannel channel, StreamHandler handler, MultiplexerOptions options)
    {
        _outbox = new StreamOutbox(channel);
        _channel = channel;
        _handler = handler;
        Options = options;
        _numbers = new StreamNumbers(channel.IsClient, options.FirstStream);
        Completion = RunAsync();
    }

    /// <summary>Ends when the tunnel does: well after a goodbye, else with what ended it.</summary>
    public Task Completion { get; }

    /// <summary>Ends when the peer has greeted as one that speaks streams; fails with what ended the tunnel before.</summary>
    public Task Greeted => _greeted.Task;

    /// <summary>There were streams when the tunnel ended.</summary>
    public bool HasCutStreams { get; private set; }

    /// <summary>Streams that are open at this moment, of both sides.</summary>
    public int StreamCount => _streams.Count;

    /// <summary>It has ended, or is about to.</summary>
    public bool IsOver => _ended.IsCancellationRequested;

    internal MultiplexerOptions Options { get; }

    /// <summary>Greets the peer and serves what it opens.</summary>
    /// <param name="channel">The channel. Nobody else sends or receives on it; it remains the caller's to dispose of.</param>
    /// <param name="handler">Serves streams that the peer opens.</param>
    /// <param name="options">Limits; the defaults if null.</param>
    public static StreamMultiplexer Start(SecureChannel channel, StreamHandler handler, MultiplexerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(handler);
        return new StreamMultiplexer(channel, handler, options ?? new MultiplexerOptions());
    }

    /// <summary>Opens a stream and waits until the peer has reached the target.</summary>
    /// <param name="target">Where it leads, from the peer; see <see cref="StreamTarget"/>.</param>
    /// <param name="source">Who it is for; null to say nothing.</param>
    /// <param name="cancellationToken">Gives up waiting and cuts the stream.</param>
    /// <exception cref="StreamRefusedException">The peer did not open it, or there are too many.</exception>
    /// <exception cref="ChannelException">The tunnel failed.</exception>
    public Task<MultiplexedStream> OpenAsync(string target, IPEndPoint? source = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return OpenAsync(target, source, null, cancellationToken);
    }

    /// <summary>Says goodbye when every stream has ended by itself.</summary>
    /// <returns>False if <paramref name="cancellationToken"/> came first; <see cref="DisposeAsync"/> then cuts the rest.</returns>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            while (!_streams.IsEmpty && !IsOver) await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken).ConfigureAwait(false);
            await _channel.CloseAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Closes the channel and cuts every stream.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        End(new ChannelException(ChannelError.ChannelClosed, "The tunnel was closed on this side."));
        await _channel.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
        _order.Dispose();
    }

    /// <summary>The same failure for another caller, with a stack of its own.</summary>
    internal static Exception Again(Exception failure) => failure switch
    {
        ChannelException channel => new ChannelException(channel.Error, channel.Message, channel),
        TunnelProtocolException protocol => new TunnelProtocolException(protocol.Message, protocol),
        StreamRefusedException refused => new StreamRefusedException(refused.Reason, refused.Message),
        _ => new IOException(failure.Message, failure),
    };

    /// <summary>As the public one.</summary>
    /// <param name="target">Where it leads.</param>
    /// <param name="source">Who it is for.</param>
    /// <param name="begun">Told the stream's number before the peer knows of it.</param>
    /// <param name="cancellationToken">Gives up waiting and cuts the stream.</param>
    internal async Task<MultiplexedStream> OpenAsync(string target, IPEndPoint? source, Action<uint>? begun, CancellationToken cancellationToken)
    {
        (uint maxStreams, uint window) = await _greeted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (Interlocked.Increment(ref _own) > maxStreams)
        {
            Interlocked.Decrement(ref _own);
            throw new StreamRefusedException(StreamRefusal.TooMany, $"The peer takes {maxStreams} streams at once.");
        }

        if (await BeginAsync(target, source, begun, window).ConfigureAwait(false) is not { } stream)
        {
            Interlocked.Decrement(ref _own);
            _ = DrainAsync(CancellationToken.None);
            throw new ChannelException(ChannelError.ChannelClosed, "The tunnel has used all its numbers of streams: another one takes its place.");
        }

        try
        {
            await stream.Opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.AbortAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal ValueTask SendAsync(byte[] frame) => _outbox.SendAsync(frame);

    internal ValueTask SendDataAsync(uint stream, ReadOnlyMemory<byte> data) => _outbox.SendDataAsync(stream, data);

    /// <summary>Sends a small frame without waiting.</summary>
    internal void Queue(byte[] frame)
    {
        if (_outbox.TryQueue(frame)) return;
        End(new TunnelProtocolException("The peer asks for much and reads nothing."));
        _ = _channel.AbortAsync().AsTask();
    }

    internal void Refuse(MultiplexedStream stream, StreamRefusal reason, string text)
    {
        Queue(StreamFrames.Refuse(stream.Id, reason, text));
        stream.Fail(new StreamRefusedException(reason, text));
        Leave(stream);
    }

    /// <summary>The stream has ended on both sides, or was cut.</summary>
    internal void Leave(MultiplexedStream stream)
    {
        if (!_streams.TryRemove(new KeyValuePair<uint, MultiplexedStream>(stream.Id, stream))) return;
        if (_numbers.IsOwn(stream.Id)) Interlocked.Decrement(ref _own);
        Options.Budget.GiveBack(stream.TakeGrowth());
    }

    // Numbers go out in their order, so that the peer knows which it has seen. Null if there are none left.
    private async Task<MultiplexedStream?> BeginAsync(string target, IPEndPoint? source, Action<uint>? begun, uint window)
    {
        await _order.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            uint id = _numbers.Take();
            if (id == 0) return null;
            begun?.Invoke(id);
            MultiplexedStream stream = new(this, id, target, source, window);
            _streams[id] = stream;
            if (_failure is { } failure) stream.Fail(failure);
            else await SendAsync(StreamFrames.Open(id, target, source)).ConfigureAwait(false);
            return stream;
        }
        finally
        {
            _order.Release();
        }
    }

    private async Task RunAsync()
    {
        Task writing = Task.Run(_outbox.RunAsync);
        Exception? failure = null;
        try
        {
            if (await ExchangeGreetingsAsync().ConfigureAwait(false)) await ReceiveAsync().ConfigureAwait(false);
        }
        catch (FormatException exception)
        {
            failure = new TunnelProtocolException($"The peer broke the protocol of streams: {exception.Message}", exception);
            await _channel.AbortAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ChannelException or TunnelProtocolException)
        {
            failure = exception;
            await _channel.AbortAsync().ConfigureAwait(false);
        }

        End(failure ?? new ChannelException(ChannelError.ConnectionLost, "The peer closed the tunnel."));
        await writing.ConfigureAwait(false);
        if (_failure is TunnelProtocolException broken) throw Again(broken);
        if (failure is not null) throw failure;
    }

    // The client first: one that speaks no streams must not take our greeting for what its application says. False if the peer says goodbye instead.
    private async Task<bool> ExchangeGreetingsAsync()
    {
        byte[] own = StreamFrames.Hello((uint)Options.MaxStreams, (uint)Options.InitialWindow);
        using CancellationTokenSource deadline = new(Options.GreetingTimeout, Options.TimeProvider);
        if (_channel.IsClient) await SendAsync(own).ConfigureAwait(false);
        try
        {
            byte[] theirs = new byte[await _channel.WaitForMessageAsync(deadline.Token).ConfigureAwait(false)];
            if (theirs.Length == 0) return false;
            await _channel.ReceiveAsync(theirs, CancellationToken.None).ConfigureAwait(false);
            (uint maxStreams, _peerWindow) = StreamFrames.ParseHello(theirs);
            if (!_channel.IsClient) await SendAsync(own).ConfigureAwait(false);
            _greeted.TrySetResult((maxStreams, _peerWindow));
            return true;
        }
        catch (OperationCanceledException exception)
        {
            throw new TunnelProtocolException("The peer did not greet as one with many streams in a tunnel: both ends need --multiplex.", exception);
        }
    }

    private async Task ReceiveAsync()
    {
        RelayBuffer buffer = default;
        try
        {
            while (true)
            {
                ValueTask<int> next = _channel.WaitForMessageAsync(CancellationToken.None);
                if (!next.IsCompleted) buffer.Release();
                int size = await next.ConfigureAwait(false);
                if (size == 0) return;
                Memory<byte> frame = buffer.Take(size);
                await _channel.ReceiveAsync(frame, CancellationToken.None).ConfigureAwait(false);
                buffer.Used(size);
                Dispatch(frame.Span);
            }
        }
        finally
        {
            buffer.Release();
        }
    }

    private void Dispatch(ReadOnlySpan<byte> frame)
    {
        (StreamFrame kind, uint id) = StreamFrames.ReadHeader(frame);
        if (kind == StreamFrame.Open)
        {
            Open(id, frame);
            return;
        }

        if (!_streams.TryGetValue(id, out MultiplexedStream? stream))
        {
            // What was on its way when the stream ended here.
            if (_numbers.WasOpen(id) && kind is StreamFrame.Accept or StreamFrame.Refuse or StreamFrame.Data or StreamFrame.Credit or StreamFrame.End or StreamFrame.Reset) return;
            throw new FormatException($"A frame of kind {(byte)kind} for the stream {id}, which was never open.");
        }

        Dispatch(kind, stream, frame);
    }

    private void Dispatch(StreamFrame kind, MultiplexedStream stream, ReadOnlySpan<byte> frame)
    {
        switch (kind)
        {
            case StreamFrame.Data when frame.Length > StreamFrames.HeaderSize:
                stream.Arrived(frame[StreamFrames.HeaderSize..]);
                return;
            case StreamFrame.Credit:
                stream.Credited(StreamFrames.ParseCredit(frame));
                return;
            case StreamFrame.End:
                StreamFrames.ExpectBare(frame);
                stream.Ended();
                return;
            case StreamFrame.Reset:
                StreamFrames.ExpectBare(frame);
                stream.Fail(new IOException("The peer cut the stream."));
                Leave(stream);
                return;
            case StreamFrame.Accept when _numbers.IsOwn(stream.Id):
                StreamFrames.ExpectBare(frame);
                if (stream.Opened.TrySetResult()) return;
                break;
            case StreamFrame.Refuse when _numbers.IsOwn(stream.Id) && !stream.Opened.Task.IsCompleted:
                (StreamRefusal reason, string text) = StreamFrames.ParseRefuse(frame);
                stream.Fail(new StreamRefusedException(reason, text));
                Leave(stream);
                return;
        }

        throw new FormatException($"A frame of kind {(byte)kind} out of turn.");
    }

    private void Open(uint id, ReadOnlySpan<byte> frame)
    {
        _numbers.ExpectNextOfPeer(id);
        (string target, IPEndPoint? source) = StreamFrames.ParseOpen(frame);
        MultiplexedStream stream = new(this, id, target, source, _peerWindow);
        _streams[id] = stream;
        if (_failure is { } failure) stream.Fail(failure);
        // A stream that has ended still counts while its handler runs: opening and cutting costs the peer as much as using.
        if (Interlocked.Increment(ref _handlers) > Options.MaxStreams)
        {
            Interlocked.Decrement(ref _handlers);
            Refuse(stream, StreamRefusal.TooMany, $"No more than {Options.MaxStreams} streams at once.");
            return;
        }

        _ = Task.Run(() => ServeAsync(stream));
    }

    // Whatever goes wrong with one stream ends here.
    private async Task ServeAsync(MultiplexedStream stream)
    {
        IncomingStream incoming = new(this, stream);
        try
        {
            await _handler(incoming, _ended.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A mistake must end its own stream only; the handler logs what it wants known.
        catch
#pragma warning restore CA1031
        {
            if (!incoming.IsAnswered) incoming.Refuse(StreamRefusal.Other, "It failed.");
        }
        finally
        {
            if (!incoming.IsAnswered) incoming.Refuse(StreamRefusal.Other, "It was not taken.");
            await stream.AbortAsync().ConfigureAwait(false);
            Interlocked.Decrement(ref _handlers);
        }
    }

    private void End(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null) return;
        // Perhaps nobody waits for it: then it counts as seen.
        if (_greeted.TrySetException(failure)) _ = _greeted.Task.Exception;
        foreach (MultiplexedStream stream in _streams.Values)
        {
            HasCutStreams = true;
            stream.Fail(failure);
            Leave(stream);
        }

        _ended.Cancel();
        _outbox.Stop();
    }
}
