using System.Buffers;

namespace Postern.Tunneling;

/// <summary>
/// A channel as both ends of a transfer use it: each message has a type, nobody waits for ever, a FAILURE becomes an exception wherever
/// it comes, and the end is a goodbye from both.
/// </summary>
internal sealed class TransferLink : IDisposable
{
    // Slower than any disk that is not broken: what the peer may need to hash what it has, or to flush it.
    private const long LeastBytesPerSecond = 4 << 20;

    private static readonly TimeSpan LongestPatience = TimeSpan.FromDays(7);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    private readonly SecureChannel _channel;
    private readonly TimeSpan _stallTimeout;
    private readonly CancellationToken _cancelled;
    private readonly CancellationTokenSource _sending;
    private readonly CancellationTokenSource _receiving;
    private Task<int>? _watch;

    public TransferLink(SecureChannel channel, TimeSpan stallTimeout, CancellationToken cancellationToken)
    {
        _channel = channel;
        _stallTimeout = stallTimeout;
        _cancelled = cancellationToken;
        _sending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _receiving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public int MaxMessageSize => _channel.MaxMessageSize;

    /// <summary>How long the peer may take to read so many bytes from its disk, or to write them.</summary>
    public TimeSpan PatienceFor(long bytes)
    {
        TimeSpan time = _stallTimeout + TimeSpan.FromSeconds((double)bytes / LeastBytesPerSecond);
        return time < LongestPatience ? time : LongestPatience;
    }

    /// <summary>Sends a message.</summary>
    /// <exception cref="ChannelException">The connection failed.</exception>
    /// <exception cref="TransferException">The peer does not take it.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        _sending.CancelAfter(_stallTimeout);
        try
        {
            await _channel.SendAsync(message, _sending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_cancelled.IsCancellationRequested)
        {
            throw Stalled(_stallTimeout);
        }
        finally
        {
            _sending.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Receives a message of at least one byte, its type.</summary>
    /// <exception cref="ChannelException">The connection failed, or ended in the middle.</exception>
    /// <exception cref="TransferException">The peer gave up, or does not go on.</exception>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, TimeSpan? patience = null)
    {
        _receiving.CancelAfter(patience ?? _stallTimeout);
        try
        {
            int size = await _channel.ReceiveAsync(buffer, _receiving.Token).ConfigureAwait(false);
            if (size == 0) throw new ChannelException(ChannelError.ConnectionLost, "The peer ended the connection before the file was through.");
            return TypeOf(buffer.Span) == TransferMessage.Failure ? throw FailureIn(buffer.Span[1..size]) : size;
        }
        catch (OperationCanceledException) when (!_cancelled.IsCancellationRequested)
        {
            throw Stalled(patience ?? _stallTimeout);
        }
        finally
        {
            _receiving.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>As <see cref="ReceiveAsync"/>, beside the sending: an answer that comes early is a failure.</summary>
    public Task<int> Watch(Memory<byte> buffer) => _watch = ReceiveAsync(buffer, Timeout.InfiniteTimeSpan).AsTask();

    /// <summary>Waits for what <see cref="Watch"/> receives.</summary>
    public async Task<int> WatchedAsync(TimeSpan patience)
    {
        try
        {
            return await _watch!.WaitAsync(patience, _cancelled).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Stalled(patience);
        }
    }

    /// <summary>Runs a parser on a message of this type.</summary>
    /// <exception cref="TransferException">It is another message, or malformed.</exception>
    public static T Expect<T>(TransferMessage type, ReadOnlySpan<byte> message, Func<ReadOnlySpan<byte>, T> parse)
    {
        if (TypeOf(message) != type) throw Unexpected($"message of type {message[0]}, {type} was expected");
        try
        {
            return parse(message[1..]);
        }
        catch (FormatException exception)
        {
            throw Unexpected($"malformed {type} message: {exception.Message}");
        }
    }

    /// <summary>A message of this type that has nothing but its type.</summary>
    public static void ExpectBare(TransferMessage type, ReadOnlySpan<byte> message) =>
        Expect(type, message, body => body.IsEmpty ? true : throw new FormatException("It should be empty."));

    public static TransferException Unexpected(string what) => new(TransferError.ProtocolViolation, $"The peer broke the protocol: {what}");

    /// <summary>Tells the peer why this side gives up, unless it was the peer that did, and ends the channel. Never throws.</summary>
    public async Task FailAsync(TransferException failure)
    {
        if (failure.IsFromPeer || failure.Error == TransferError.Stalled)
        {
            await EndAsync().ConfigureAwait(false);
            return;
        }

        await EndAsync(TransferMessages.Failure(failure.Error, failure.Message)).ConfigureAwait(false);
    }

    /// <summary>Says goodbye and waits a moment for the peer's, dropping what it still sends: a reset would take the last words away.</summary>
    public async Task EndAsync(byte[]? lastWords = null)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        deadline.CancelAfter(EndTime);
        byte[] rest = ArrayPool<byte>.Shared.Rent(_channel.MaxMessageSize);
        try
        {
            if (lastWords is not null) await _channel.SendAsync(lastWords, deadline.Token).ConfigureAwait(false);
            await _channel.CompleteAsync(deadline.Token).ConfigureAwait(false);
            if (_watch is { } watch) await ((Task)watch.WaitAsync(deadline.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            deadline.Token.ThrowIfCancellationRequested();
            while (await _channel.ReceiveAsync(rest, deadline.Token).ConfigureAwait(false) > 0)
            {
                // Too late to matter.
            }
        }
        catch (Exception exception) when (exception is ChannelException or OperationCanceledException)
        {
            // Gone already. What had to be known is known.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rest);
        }
    }

    /// <summary>Ends a receive that is pending: its buffer is going to be given back.</summary>
    public async Task CancelWatchAsync()
    {
        if (_watch is not { } watch) return;
        await _receiving.CancelAsync().ConfigureAwait(false);
        await ((Task)watch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }

    private static TransferMessage TypeOf(ReadOnlySpan<byte> message) => (TransferMessage)message[0];

    private static TransferException FailureIn(ReadOnlySpan<byte> body)
    {
        try
        {
            return TransferMessages.ParseFailure(body);
        }
        catch (FormatException exception)
        {
            return Unexpected($"malformed {TransferMessage.Failure} message: {exception.Message}");
        }
    }

    private static TransferException Stalled(TimeSpan time) =>
        new(TransferError.Stalled, $"The peer did not go on within {time.TotalSeconds:0.#} s.");
}
