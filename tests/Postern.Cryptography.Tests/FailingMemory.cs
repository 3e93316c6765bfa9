using System.Buffers;

namespace Postern.Cryptography.Tests;

/// <summary>Memory whose owner takes it away after so many looks at it.</summary>
internal sealed class FailingMemory(int size, int looks) : MemoryManager<byte>
{
    private readonly byte[] _bytes = new byte[size];
    private int _looks = looks;

    public override Memory<byte> Memory => CreateMemory(_bytes.Length);

    public override Span<byte> GetSpan() => --_looks >= 0 ? _bytes : throw new ObjectDisposedException(nameof(FailingMemory));

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
    }
}
