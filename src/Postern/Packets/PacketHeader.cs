using System.Buffers.Binary;

namespace Postern.Packets;

/// <summary>The 21 bytes before every packet's body: flag 1, length 4, sequence 8, time 8, little-endian. (QSTP §3, QSMP §1.2)</summary>
/// <param name="Flag">What the packet is.</param>
/// <param name="Length">Bytes after the header; for sealed packets the tag is included.</param>
/// <param name="Sequence">The sender's packet number.</param>
/// <param name="Time">The sender's clock, Unix seconds.</param>
internal readonly record struct PacketHeader(byte Flag, uint Length, ulong Sequence, ulong Time)
{
    public const int Size = 21;

    public static PacketHeader Read(ReadOnlySpan<byte> packet) => new(
        packet[0],
        BinaryPrimitives.ReadUInt32LittleEndian(packet[1..]),
        BinaryPrimitives.ReadUInt64LittleEndian(packet[5..]),
        BinaryPrimitives.ReadUInt64LittleEndian(packet[13..]));

    public void Write(Span<byte> packet)
    {
        packet[0] = Flag;
        BinaryPrimitives.WriteUInt32LittleEndian(packet[1..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(packet[5..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(packet[13..], Time);
    }
}
