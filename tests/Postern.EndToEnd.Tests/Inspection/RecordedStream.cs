using Postern.Connections;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary>Notes what is written into a stream.</summary>
internal sealed class RecordedStream(Stream inner, bool fromServer, List<RecordedPacket> packets) : DuplexStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Noted first: no answer can come before it.
        lock (packets) packets.Add(new RecordedPacket(fromServer, buffer.ToArray()));
        return inner.WriteAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
