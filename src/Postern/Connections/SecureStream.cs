using System.Buffers;
using System.Security.Cryptography;
using Postern.Connections;

namespace Postern;

/// <summary>
/// A channel as a stream. Reads give bytes as packets bring them; a write becomes one packet, or several when it is large. A zero-byte
/// read waits until there is something to read. Disposing closes the channel.
/// </summary>
internal sealed class SecureStream(SecureChannel channel, bool saysGoodbye = false) : DuplexStream
{
    /// <summary>Plaintext in one packet: large enough that the header and tag cost nothing, small enough to stay in the cache.</summary>
    public const int ChunkSize = 32 * 1024;

    // The rest of a message that was larger than the read; rented, cleared when it goes back.
    private byte[] _rest = [];
    private int _restStart;
    private int _restEnd;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ReadAsync(buffer, mayBatch: true, cancellationToken);

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, bool mayBatch, CancellationToken cancellationToken)
    {
        if (buffer.Length == 0 && _restEnd == _restStart)
        {
            await channel.WaitForMessageAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }

        await channel.Receiver.EnterAsync().ConfigureAwait(false);
        try
        {
            if (_restEnd > _restStart) return TakeRest(buffer.Span);
            int size = await channel.Receiver.NextMessageAsync(cancellationToken).ConfigureAwait(false);
            if (size == 0) return 0;
            if (size <= buffer.Length)
            {
                await channel.Receiver.OpenMessageAsync(buffer[..size], mayBatch).ConfigureAwait(false);
                return size;
            }

            _rest = ArrayPool<byte>.Shared.Rent(size);
            await channel.Receiver.OpenMessageAsync(_rest.AsMemory(0, size), mayBatch).ConfigureAwait(false);
            _restEnd = size;
            return TakeRest(buffer.Span);
        }
        finally
        {
            channel.Receiver.Leave();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        WriteAsync(buffer, mayBatch: true, cancellationToken);

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, bool mayBatch, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            int size = Math.Min(buffer.Length, ChunkSize);
            await channel.SendCoreAsync(buffer[..size], mayBatch, cancellationToken).ConfigureAwait(false);
            buffer = buffer[size..];
        }
    }

    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    // The synchronous calls are for old consumers of streams; there is no synchronization context to dead-lock on, and no batch is waited for,
    // which would need a thread of the pool beside those that wait.
#pragma warning disable VSTHRD002
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count), mayBatch: false, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count), mayBatch: false, CancellationToken.None).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    public override async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        ForgetRest();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
#pragma warning disable VSTHRD002 // As above.
            EndAsync().AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            ForgetRest();
        }

        base.Dispose(disposing);
    }

    private ValueTask EndAsync() => saysGoodbye ? channel.CloseAsync(CancellationToken.None) : channel.DisposeAsync();

    private int TakeRest(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _restEnd - _restStart);
        _rest.AsSpan(_restStart, count).CopyTo(buffer);
        _restStart += count;
        if (_restStart == _restEnd) ReturnRest();
        return count;
    }

    // A read that is still pending waits for a packet and so has no rest; it finds the channel closed.
    private void ForgetRest()
    {
        if (!channel.Receiver.TryEnter()) return;
        if (_restEnd > 0) ReturnRest();
        channel.Receiver.Leave();
    }

    private void ReturnRest()
    {
        CryptographicOperations.ZeroMemory(_rest.AsSpan(0, _restEnd));
        ArrayPool<byte>.Shared.Return(_rest);
        _rest = [];
        _restStart = 0;
        _restEnd = 0;
    }
}
