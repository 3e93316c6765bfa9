using Postern.Packets;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary>What one side wrote in one call: a packet.</summary>
internal sealed record RecordedPacket(bool FromServer, byte[] Bytes)
{
    public PacketHeader Header => PacketHeader.Read(Bytes);
}
