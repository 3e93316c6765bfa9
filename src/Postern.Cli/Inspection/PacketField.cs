namespace Postern.Cli.Inspection;

/// <summary>A part of a packet's body, or what is wrong with where it should be.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Offset">Its place in the packet, header included.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Value">Text, or the first bytes in hex.</param>
internal sealed record PacketField(string Name, int Offset, int Size, string Value);
