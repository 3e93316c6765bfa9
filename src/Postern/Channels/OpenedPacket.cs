namespace Postern.Channels;

/// <summary>An accepted packet, and the code of a goodbye.</summary>
internal readonly record struct OpenedPacket(OpenedKind Kind, byte Code);
