namespace Postern.Tests.Support;

/// <summary>One end of a <see cref="DuplexPipe"/>.</summary>
internal sealed class DuplexEnd(BytePipe incoming, BytePipe outgoing) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sizes of the writes, in their order.</summary>
    public List<int> Writes { get; } = [];

    /// <summary>Most bytes that one read gives.</summary>
    public int ReadLimit { get; set; } = int.MaxValue;

    public bool IsDisposed { get; private set; }

    /// <summary>Ends this end's sending, as a half-closed socket does.</summary>
    public void CompleteWriting() => outgoing.CompleteWriting();

    /// <summary>Reads until the other end stops sending.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using MemoryStream all = new();
        await CopyToAsync(all);
        return all.ToArray();
    }

    /// <summary>Reads exactly this many bytes.</summary>
    public async Task<byte[]> ReadBytesAsync(int count)
    {
        byte[] bytes = new byte[count];
        await ReadExactlyAsync(bytes);
        return bytes;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        incoming.ReadAsync(buffer[..Math.Min(buffer.Length, ReadLimit)], cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (Writes) Writes.Add(buffer.Length);
        return outgoing.WriteAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        outgoing.CompleteWriting();
        incoming.CloseReader();
        base.Dispose(disposing);
    }
}
