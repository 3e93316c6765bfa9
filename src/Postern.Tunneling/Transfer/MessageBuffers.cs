using System.Buffers;
using System.Security.Cryptography;

namespace Postern.Tunneling;

/// <summary>Room for so many messages, cleared when it is given back.</summary>
internal sealed class MessageBuffers : IDisposable
{
    private readonly byte[][] _buffers;

    public MessageBuffers(int count, int size)
    {
        _buffers = new byte[count][];
        for (int i = 0; i < count; i++) _buffers[i] = ArrayPool<byte>.Shared.Rent(size);
    }

    public Memory<byte> this[int index] => _buffers[index];

    public void Dispose()
    {
        foreach (byte[] buffer in _buffers)
        {
            CryptographicOperations.ZeroMemory(buffer);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
