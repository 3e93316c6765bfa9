namespace Postern.Handshakes;

/// <summary>Fills in a packet's body; the header is there already.</summary>
internal delegate void PacketWriter(Span<byte> packet);
