using System.Buffers;

namespace Postern.Tests.Support;

/// <summary>Memory whose owner took it away.</summary>
internal sealed class FailingMemory(int size) : MemoryManager<byte>
{
    public override Memory<byte> Memory => CreateMemory(size);

    public override Span<byte> GetSpan() => throw new ObjectDisposedException(nameof(FailingMemory));

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
    }
}
