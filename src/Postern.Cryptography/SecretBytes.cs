using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Bytes that must not stay in memory: pinned, so that the garbage collector leaves no copies, and zeroed on
/// <see cref="Dispose"/>. One owner. It has no text form and no equality; compare with
/// <see cref="CryptographicOperations.FixedTimeEquals"/>.
/// </summary>
public sealed class SecretBytes : IDisposable
{
    private readonly bool _isRented;
    private readonly int _size;
    private byte[] _bytes;
    private bool _disposed;

    /// <summary><paramref name="size"/> zero bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is negative.</exception>
    public SecretBytes(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        _size = size;
        _bytes = GC.AllocateArray<byte>(size, pinned: true);
    }

    /// <summary>A copy of <paramref name="source"/>. Erasing the source stays with the caller.</summary>
    public SecretBytes(ReadOnlySpan<byte> source)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(source.Length, pinned: true);
        _size = source.Length;
        source.CopyTo(_bytes);
    }

    private SecretBytes(byte[] rented)
    {
        _isRented = true;
        _size = rented.Length;
        _bytes = rented;
    }

    /// <summary>Size in bytes.</summary>
    public int Size => _size;

    /// <summary>The bytes themselves, to read and to write.</summary>
    /// <exception cref="ObjectDisposedException">The bytes were erased.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>
    /// <paramref name="size"/> zero bytes, in memory that others get after <see cref="Dispose"/>: for a secret of one handshake, whose bytes
    /// nobody holds longer than this.
    /// </summary>
    internal static SecretBytes Rent(int size) => new(PinnedPool.Rent(size));

    /// <summary>Erases the bytes. Safe to call again.</summary>
    public void Dispose()
    {
        _disposed = true;
        if (!_isRented)
        {
            CryptographicOperations.ZeroMemory(_bytes);
            return;
        }

        // Once, even if two threads dispose at the same moment: given back twice, two secrets would get the same memory.
        byte[] rented = Interlocked.Exchange(ref _bytes, []);
        if (rented.Length > 0) PinnedPool.Return(rented);
    }
}
