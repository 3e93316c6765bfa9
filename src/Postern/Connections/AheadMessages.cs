using System.Buffers;
using System.Security.Cryptography;

namespace Postern.Connections;

/// <summary>Messages that came while a sender waited for the answer to its ratchet and nobody received. For the holder of the receiver's role.</summary>
internal sealed class AheadMessages
{
    /// <summary>Memory that is kept at most: more than sockets hold on the way. Beyond it the peer has to wait.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    // What the queue and the array cost besides.
    private const int Overhead = 64;

    private readonly Queue<(byte[] Buffer, int Size)> _messages = new();
    private int _bytes;

    public bool IsFull => _bytes >= MaxBytes;

    /// <summary>Size of the oldest message, 0 if there is none.</summary>
    public int NextSize => _messages.TryPeek(out (byte[] Buffer, int Size) oldest) ? oldest.Size : 0;

    /// <summary>Takes over the rented buffer.</summary>
    public void Add(byte[] buffer, int size)
    {
        _messages.Enqueue((buffer, size));
        _bytes += buffer.Length + Overhead;
    }

    /// <summary>The oldest message, into memory of its size.</summary>
    public void Take(Span<byte> message)
    {
        (byte[] buffer, int size) = _messages.Dequeue();
        buffer.AsSpan(0, size).CopyTo(message);
        Return(buffer, size);
    }

    public void Clear()
    {
        while (_messages.TryDequeue(out (byte[] Buffer, int Size) message)) Return(message.Buffer, message.Size);
    }

    private void Return(byte[] buffer, int size)
    {
        _bytes -= buffer.Length + Overhead;
        CryptographicOperations.ZeroMemory(buffer.AsSpan(0, size));
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
