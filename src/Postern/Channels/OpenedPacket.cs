namespace Postern.Channels;

/// <summary>An accepted packet: what it was, and the number in a goodbye (its code) or in a keep-alive (its interval in ms).</summary>
internal readonly record struct OpenedPacket(OpenedKind Kind, uint Value = 0);
