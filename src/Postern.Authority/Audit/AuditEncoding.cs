using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Postern.Cryptography;

namespace Postern.Authority.Audit;

/// <summary>
/// Fields with their lengths in front: LE32 length || bytes. Numbers and times are eight bytes, little-endian; text is UTF-8. So two
/// different lists of fields never give the same bytes. (docs/authority.md)
/// </summary>
internal sealed class AuditEncoding
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public AuditEncoding Number(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Bytes(bytes);
    }

    public AuditEncoding Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public AuditEncoding Bytes(ReadOnlySpan<byte> value)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)value.Length);
        _bytes.Write(length);
        _bytes.Write(value);
        return this;
    }

    public byte[] ToBytes() => _bytes.WrittenSpan.ToArray();

    public byte[] ToHash()
    {
        byte[] hash = new byte[Sha3.DigestSize256];
        Sha3.HashData256(_bytes.WrittenSpan, hash);
        return hash;
    }
}
