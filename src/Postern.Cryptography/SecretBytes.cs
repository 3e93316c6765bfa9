using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Bytes that must not stay in memory: pinned, so that the garbage collector leaves no copies, and zeroed on
/// <see cref="Dispose"/>. One owner. It has no text form and no equality; compare with
/// <see cref="CryptographicOperations.FixedTimeEquals"/>.
/// </summary>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;
    private bool _disposed;

    /// <summary><paramref name="size"/> zero bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is negative.</exception>
    public SecretBytes(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        _bytes = GC.AllocateArray<byte>(size, pinned: true);
    }

    /// <summary>A copy of <paramref name="source"/>. Erasing the source stays with the caller.</summary>
    public SecretBytes(ReadOnlySpan<byte> source)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(source.Length, pinned: true);
        source.CopyTo(_bytes);
    }

    /// <summary>Size in bytes.</summary>
    public int Size => _bytes.Length;

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

    /// <summary>Erases the bytes. Safe to call again.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
