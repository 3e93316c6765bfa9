using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Postern.AspNetCore.Kestrel;

/// <summary>
/// A channel as the pair of pipes that Kestrel works on. A message is decrypted straight into the pipe's memory; what is written to the
/// pipe is sealed from there. A pipe with nothing in it holds no memory, and a full one stops its source: the peer, or the application.
/// </summary>
#pragma warning disable CA1001 // Disposed of asynchronously, by DisposeAsync.
internal sealed class ChannelPipe : IDuplexPipe, IAsyncDisposable
#pragma warning restore CA1001
{
    private const int ChunkSize = SecureStream.ChunkSize;
    private const int SegmentSize = ChunkSize / 2;
    private const int PauseAt = 128 * 1024;

    private static readonly PipeOptions Options = new(
        pauseWriterThreshold: PauseAt, resumeWriterThreshold: PauseAt / 2, minimumSegmentSize: SegmentSize, useSynchronizationContext: false);

    private readonly SecureChannel _channel;
    private readonly Pipe _received = new(Options);
    private readonly Pipe _toSend = new(Options);
    private readonly Action _left;
    private readonly CancellationTokenSource _stopReceiving = new();
    private Task _receiving = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;
    private int _disposed;

    /// <summary>A pipe that does not move anything yet.</summary>
    /// <param name="channel">The channel, whose only user this is from now on.</param>
    /// <param name="left">Called once when the peer is gone: after its goodbye and its end, or because the tunnel broke.</param>
    public ChannelPipe(SecureChannel channel, Action left)
    {
        _channel = channel;
        _left = left;
    }

    public PipeReader Input => _received.Reader;

    public PipeWriter Output => _toSend.Writer;

    /// <summary>Why the tunnel broke; null if it did not, or was broken off here.</summary>
    public ChannelException? Failure { get; private set; }

    /// <summary>Begins to receive and to send.</summary>
    public void Start()
    {
        _receiving = ReceiveAsync();
        _sending = SendAsync();
    }

    /// <summary>
    /// The proper end: sends what was written, says goodbye, closes. The application may leave its ends open. After a failure it only cleans up.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _toSend.Writer.CompleteAsync().ConfigureAwait(false);
        await UntilSentAsync().ConfigureAwait(false);
        await _stopReceiving.CancelAsync().ConfigureAwait(false);
        _received.Writer.CancelPendingFlush();
        await _receiving.ConfigureAwait(false);
        await _received.Reader.CompleteAsync().ConfigureAwait(false);
        await _channel.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        _stopReceiving.Dispose();
    }

    // A peer that reads nothing must not keep what is finished here. By then a packet that is on its way is too old to be taken.
    private async ValueTask UntilSentAsync()
    {
        long sent = -1;
        while (!_sending.IsCompleted)
        {
            if (_channel.BytesSent == sent) await _channel.AbortAsync().ConfigureAwait(false);
            sent = _channel.BytesSent;
            await _sending.WaitAsync(_channel.Context.Clock.Tolerance).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReceiveAsync()
    {
        Exception? error = null;
        try
        {
            bool wantsMore = await ReceiveMessagesAsync().ConfigureAwait(false);
            await _received.Writer.CompleteAsync().ConfigureAwait(false);
            if (!wantsMore) return;

            // It still takes the answer. Only when it goes is there nobody any more.
            await _channel.WaitForClientToLeaveAsync(_stopReceiving.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Disposed of: nobody waits for anything.
            return;
        }
        catch (ChannelException exception)
        {
            error = Explain(exception);
        }
#pragma warning disable CA1031 // The application ended its side with an error of its own: its connection ends, nobody else's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            error = new ConnectionAbortedException("The connection was ended on this side.", exception);
            await _channel.AbortAsync().ConfigureAwait(false);
        }

        // First: Kestrel takes a read that fails for the application's mistake, unless it knows by then that the connection broke.
        _left();
        await _received.Writer.CompleteAsync(error).ConfigureAwait(false);
    }

    // False if the application wants no more.
    private async ValueTask<bool> ReceiveMessagesAsync()
    {
        PipeWriter writer = _received.Writer;
        while (await _channel.WaitForMessageAsync(_stopReceiving.Token).ConfigureAwait(false) is > 0 and int size)
        {
            writer.Advance(await _channel.ReceiveAsync(writer.GetMemory(size), CancellationToken.None).ConfigureAwait(false));
            FlushResult result = await writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            if (result.IsCompleted || _stopReceiving.IsCancellationRequested) return false;

            // A cancelled flush otherwise: sending has failed, which the next wait tells.
        }

        return true;
    }

    private async Task SendAsync()
    {
        try
        {
            bool isCompleted = false;
            while (!isCompleted)
            {
                ReadResult result = await _toSend.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                await SendAsync(result.Buffer).ConfigureAwait(false);
                _toSend.Reader.AdvanceTo(result.Buffer.End);
                isCompleted = result.IsCompleted;
            }

            await _channel.CompleteAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (ChannelException exception)
        {
            Remember(exception);
        }
#pragma warning disable CA1031 // The application ended its side with an error of its own: the peer must not take what it got for all there was.
        catch
#pragma warning restore CA1031
        {
            await _channel.AbortAsync().ConfigureAwait(false);
        }

        // Without an error, as of a socket: Kestrel would log a failed flush as a mistake of the server's. That the peer is gone the input tells, and
        // it must not wait for an application that reads nothing.
        await _toSend.Reader.CompleteAsync().ConfigureAwait(false);
        if (_channel.IsOver) _received.Writer.CancelPendingFlush();
    }

    private async ValueTask SendAsync(ReadOnlySequence<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // Packets of a good size: long pieces as they are, short ones together.
            bool isAlone = bytes.IsSingleSegment || bytes.FirstSpan.Length >= SegmentSize;
            int size = (int)Math.Min(isAlone ? bytes.FirstSpan.Length : bytes.Length, ChunkSize);
            if (isAlone) await _channel.SendAsync(bytes.First[..size], CancellationToken.None).ConfigureAwait(false);
            else await SendTogetherAsync(bytes.Slice(0, size)).ConfigureAwait(false);
            bytes = bytes.Slice(size);
        }
    }

    private async ValueTask SendTogetherAsync(ReadOnlySequence<byte> bytes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            bytes.CopyTo(buffer);
            await _channel.SendAsync(buffer.AsMemory(0, (int)bytes.Length), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // What Kestrel expects of a transport: a peer that broke off, or an end on this side.
    private Exception Explain(ChannelException exception)
    {
        Remember(exception);
        return exception.Error == ChannelError.ChannelClosed
            ? new ConnectionAbortedException("The connection was ended on this side.", exception)
            : new ConnectionResetException(exception.Message, exception);
    }

    private void Remember(ChannelException exception)
    {
        if (exception.Error != ChannelError.ChannelClosed) Failure ??= exception;
    }
}
