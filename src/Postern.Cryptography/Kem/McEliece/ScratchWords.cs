using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>Rented words for secrets: pinned, aligned for the widest vectors, erased before they go back. One owner.</summary>
internal readonly unsafe ref struct ScratchWords : IDisposable
{
    private const int Alignment = 64;

    private readonly ulong[] _rented;
    private readonly GCHandle _pin;

    /// <summary>At least this many words; what is in them is not defined.</summary>
    public ScratchWords(int count)
    {
        _rented = ArrayPool<ulong>.Shared.Rent(count + (Alignment / sizeof(ulong)));
        _pin = GCHandle.Alloc(_rented, GCHandleType.Pinned);
        nuint address = (nuint)_pin.AddrOfPinnedObject();
        nuint aligned = (address + Alignment - 1) & ~(nuint)(Alignment - 1);
        Words = new Span<ulong>((void*)aligned, count);
    }

    /// <summary>The words.</summary>
    public Span<ulong> Words { get; }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(Words));
        _pin.Free();
        ArrayPool<ulong>.Shared.Return(_rented);
    }
}
