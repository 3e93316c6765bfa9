using System.Buffers.Binary;

namespace Postern.Cli.Demo;

/// <summary>A packet as anyone on the path sees it: the header is in clear.</summary>
internal sealed record WirePacket(bool FromServer, byte[] Bytes)
{
    public byte Flag => Bytes[0];

    public uint Length => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(1));

    public ulong Sequence => BinaryPrimitives.ReadUInt64LittleEndian(Bytes.AsSpan(5));

    public bool IsRatchet => Flag == 0x12;

    public string Name => Flag switch
    {
        0x01 => "connect request",
        0x02 => "connect response",
        0x04 => "encrypted message",
        0x07 => "exchange request",
        0x08 => "exchange response",
        0x12 => "ratchet request",
        0x13 => "goodbye or error",
        _ => "unknown",
    };
}
