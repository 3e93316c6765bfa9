using Postern.Connections;

namespace Postern.Tests.Support;

/// <summary>One end of a <see cref="DuplexPipe"/>.</summary>
internal sealed class DuplexEnd(BytePipe incoming, BytePipe outgoing) : DuplexStream
{
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

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        outgoing.CompleteWriting();
        incoming.CloseReader();
        base.Dispose(disposing);
    }
}
