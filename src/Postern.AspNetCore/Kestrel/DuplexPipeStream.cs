using System.Buffers;
using System.IO.Pipelines;
using Postern.Connections;

namespace Postern.AspNetCore.Kestrel;

/// <summary>
/// The pipes of a connection as the stream below a channel. A zero-byte read waits for data; disposing ends a pending read and the output,
/// and leaves the connection to its owner.
/// </summary>
internal sealed class DuplexPipeStream(IDuplexPipe pipe) : DuplexStream
{
    private int _disposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        ReadResult result = await pipe.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
        int size = (int)Math.Min(result.Buffer.Length, buffer.Length);
        ReadOnlySequence<byte> taken = result.Buffer.Slice(0, size);
        taken.CopyTo(buffer.Span);
        pipe.Input.AdvanceTo(taken.End);
        ThrowIfDisposed();
        return size;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        FlushResult result = await pipe.Output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted || result.IsCanceled) throw new IOException("The connection has ended.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            pipe.Input.CancelPendingRead();
            pipe.Output.CancelPendingFlush();
        }

        base.Dispose(disposing);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
