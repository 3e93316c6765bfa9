namespace Postern.Handshakes;

/// <summary>Takes a packet whose header was checked.</summary>
internal delegate void PacketReader(ReadOnlySpan<byte> packet);
