using System.Buffers.Binary;

namespace Postern.Packets;

/// <summary>Reads fields off a byte string, each length checked before it is taken. Throws <see cref="FormatException"/>.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public ReadOnlySpan<byte> Bytes(int size)
    {
        if (size > _rest.Length) throw new FormatException($"The data ends {size - _rest.Length} bytes too early.");
        ReadOnlySpan<byte> field = _rest[..size];
        _rest = _rest[size..];
        return field;
    }

    public byte Byte() => Bytes(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong)));

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> Rest() => Bytes(_rest.Length);

    public readonly void ExpectEnd()
    {
        if (_rest.Length > 0) throw new FormatException($"The data has {_rest.Length} bytes too many.");
    }
}
