using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Authority.Pkcs11;

/// <summary>An array of CK_ATTRIBUTE and the values that it points to, at addresses that stay while it is reachable.</summary>
internal sealed class AttributeTemplate
{
    private const int Capacity = 16;
    private const int ValueSize = 256;

    private readonly CkAttribute[] _attributes = GC.AllocateArray<CkAttribute>(Capacity, pinned: true);
    private readonly byte[] _values = GC.AllocateArray<byte>(Capacity * ValueSize, pinned: true);
    private int _count;

    public Span<CkAttribute> Attributes => _attributes.AsSpan(0, _count);

    public AttributeTemplate Add(CkAttributeType type, bool value) => Add(type, [value ? (byte)1 : (byte)0]);

    public AttributeTemplate Add(CkAttributeType type, nuint value)
    {
        CULong number = new(value);
        return Add(type, MemoryMarshal.AsBytes(new ReadOnlySpan<CULong>(in number)));
    }

    public AttributeTemplate Add(CkAttributeType type, ReadOnlySpan<byte> value)
    {
        int offset = _count * ValueSize;
        value.CopyTo(_values.AsSpan(offset, ValueSize));
        _attributes[_count++] = new CkAttribute
        {
            Type = new CULong((uint)type),
            Value = Marshal.UnsafeAddrOfPinnedArrayElement(_values, offset),
            ValueLength = new CULong((nuint)value.Length),
        };
        return this;
    }

    /// <summary>Room for a CK_BBOOL or a CK_ULONG that is read.</summary>
    public AttributeTemplate AddUnknown(CkAttributeType type)
    {
        Span<byte> room = stackalloc byte[Unsafe.SizeOf<CULong>()];
        room.Clear();
        return Add(type, room);
    }

    /// <summary>A number or truth that was read; null if the object has none.</summary>
    public ulong? Read(int index)
    {
        ReadOnlySpan<byte> value = _values.AsSpan(index * ValueSize, Unsafe.SizeOf<CULong>());
        nuint length = _attributes[index].ValueLength.Value;
        if (length == 1) return value[0];
        return length == (nuint)value.Length ? MemoryMarshal.Read<CULong>(value).Value : null;
    }
}
