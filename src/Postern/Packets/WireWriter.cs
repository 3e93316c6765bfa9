using System.Buffers.Binary;

namespace Postern.Packets;

/// <summary>Writes fields one after another into a buffer of exactly the right size.</summary>
internal ref struct WireWriter(Span<byte> data)
{
    private Span<byte> _rest = data;

    public void Bytes(scoped ReadOnlySpan<byte> field)
    {
        field.CopyTo(_rest);
        _rest = _rest[field.Length..];
    }

    public void Byte(byte value) => Bytes([value]);

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_rest, value);
        _rest = _rest[sizeof(ushort)..];
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_rest, value);
        _rest = _rest[sizeof(uint)..];
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_rest, value);
        _rest = _rest[sizeof(ulong)..];
    }

    /// <summary>The next <paramref name="size"/> bytes, for the caller to fill.</summary>
    public Span<byte> Reserve(int size)
    {
        Span<byte> field = _rest[..size];
        _rest = _rest[size..];
        return field;
    }

    public readonly void ExpectEnd()
    {
        if (_rest.Length > 0) throw new InvalidOperationException($"{_rest.Length} bytes were left unwritten.");
    }
}
