using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Postern.Tunneling;

/// <summary>
/// Sends the frames of all streams. Whoever sends bytes waits for the turn; small frames that answer the peer wait in a queue instead, for whoever receives must never
/// wait for sending, or two sides could wait for each other.
/// </summary>
internal sealed class StreamOutbox(SecureChannel channel)
{
    // Far more than the streams of a peer that reads.
    private const int MaxQueued = 8192;

    private readonly ConcurrentQueue<byte[]> _queue = new();
    private readonly StreamSignal _queued = new();
    private int _length;
    private volatile bool _isStopped;

    /// <summary>Sends a frame when its turn comes.</summary>
    public ValueTask SendAsync(byte[] frame) => channel.SendAsync(frame);

    /// <summary>Sends bytes of a stream when their turn comes.</summary>
    public async ValueTask SendDataAsync(uint stream, ReadOnlyMemory<byte> data)
    {
        int size = StreamFrames.HeaderSize + data.Length;
        byte[] frame = ArrayPool<byte>.Shared.Rent(size);
        StreamFrames.WriteHeader(frame, StreamFrame.Data, stream);
        data.CopyTo(frame.AsMemory(StreamFrames.HeaderSize));
        try
        {
            await channel.SendAsync(frame.AsMemory(0, size)).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(frame.AsSpan(0, size));
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>Sends a small frame without waiting. False if so many wait already that the peer cannot be reading.</summary>
    public bool TryQueue(byte[] frame)
    {
        if (Interlocked.Increment(ref _length) > MaxQueued) return false;
        _queue.Enqueue(frame);
        _queued.Set();
        return true;
    }

    /// <summary>Sends what is queued until it is stopped, or the channel fails.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (!_isStopped)
            {
                await _queued.WaitAsync().ConfigureAwait(false);
                while (_queue.TryDequeue(out byte[]? frame))
                {
                    Interlocked.Decrement(ref _length);
                    await SendAsync(frame).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is ChannelException or InvalidOperationException)
        {
            // Whoever receives hears of it, too.
        }
    }

    public void Stop()
    {
        _isStopped = true;
        _queued.Set();
    }
}
