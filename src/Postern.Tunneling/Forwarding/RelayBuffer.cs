using System.Buffers;
using System.Security.Cryptography;

namespace Postern.Tunneling;

/// <summary>A direction's buffer: rented when bytes come, cleared and given back when they stop coming.</summary>
internal struct RelayBuffer
{
    private byte[]? _array;
    private int _used;

    /// <summary>Room for <paramref name="size"/> bytes.</summary>
    public Memory<byte> Take(int size)
    {
        if (_array is null || _array.Length < size)
        {
            Release();
            _array = ArrayPool<byte>.Shared.Rent(size);
        }

        return _array.AsMemory(0, size);
    }

    /// <summary>Remembers how far the buffer was filled, for clearing.</summary>
    public void Used(int size) => _used = Math.Max(_used, size);

    public void Release()
    {
        if (_array is not { } array) return;
        _array = null;
        CryptographicOperations.ZeroMemory(array.AsSpan(0, _used));
        _used = 0;
        ArrayPool<byte>.Shared.Return(array);
    }
}
