using System.Buffers;
using System.Net.Sockets;
using Postern.Packets;

namespace Postern.Connections;

/// <summary>
/// Packets over a byte stream. Writes one packet in one call; reads into a rented, contiguous buffer that is given back whenever it is
/// empty, so that an idle connection holds none: it waits on a zero-byte read. One reader and one writer at a time. (QSTP §7)
/// </summary>
internal sealed class PacketTransport(Stream stream) : IAsyncDisposable
{
    // Enough for several small packets a read; a larger packet gets a buffer of its size.
    private const int ReadBufferSize = 32 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>What has been received and not been consumed.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Waits until something has come or the stream has ended, without a buffer. Only when nothing is buffered.</summary>
    public ValueTask<int> WaitForDataAsync(CancellationToken cancellationToken)
    {
        ReleaseBuffer();
        return stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
    }

    /// <summary>Waits until <paramref name="size"/> bytes are buffered. False if the stream ends before.</summary>
    public async ValueTask<bool> FillAsync(int size, CancellationToken cancellationToken)
    {
        while (_end - _start < size)
        {
            if (_end == _start) await WaitForDataAsync(cancellationToken).ConfigureAwait(false);
            Reserve(size);
            int count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (count == 0) return false;
            _end += count;
        }

        return true;
    }

    /// <summary>Drops the first <paramref name="size"/> buffered bytes.</summary>
    public void Consume(int size)
    {
        _start += size;
        if (_start == _end) ReleaseBuffer();
    }

    /// <summary>Writes one packet, or several, with one call.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> packets, CancellationToken cancellationToken) =>
        stream.WriteAsync(packets, cancellationToken);

    /// <summary>Tells the peer that nothing more comes, where the stream is a socket's. Never throws.</summary>
    public void ShutdownSend()
    {
        if (stream is not NetworkStream network) return;
        try
        {
            network.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection is gone already, which tells the peer as much.
        }
    }

    /// <summary>Reads and drops what the peer still sends, so that closing does not reset away our last packet.</summary>
    public async ValueTask DrainAsync(int limit, CancellationToken cancellationToken)
    {
        Consume(_end - _start);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (limit > 0)
            {
                int count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count == 0) return;
                limit -= count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async ValueTask DisposeAsync() => await stream.DisposeAsync().ConfigureAwait(false);

    /// <summary>Gives the buffer back. Only when no read is pending.</summary>
    public void ReleaseBuffer()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = 0;
        _end = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    // Makes room for a packet of this size from _start on.
    private void Reserve(int size)
    {
        if (_buffer.Length - _start >= Math.Max(size, PacketHeader.Size) && _buffer.Length > _end) return;
        byte[] larger = _buffer.Length >= size && _buffer.Length > 0 ? _buffer : ArrayPool<byte>.Shared.Rent(Math.Max(size, ReadBufferSize));
        int count = _end - _start;
        Buffer.BlockCopy(_buffer, _start, larger, 0, count);
        if (!ReferenceEquals(larger, _buffer) && _buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        _start = 0;
        _end = count;
    }
}
