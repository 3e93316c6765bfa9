using System.Buffers.Binary;

namespace Postern.Cryptography;

/// <summary>Nodes of n bytes in eight places side by side: word i of the one in place j is at i * 8 + j.</summary>
internal static class SlhDsaNodes
{
    /// <summary>Writes the node of one place as bytes.</summary>
    public static void Write(ReadOnlySpan<ulong> nodes, int place, Span<byte> destination)
    {
        for (int i = 0; i * sizeof(ulong) < destination.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(i * sizeof(ulong))..], nodes[(i * KeccakLanes.Count) + place]);
        }
    }

    /// <summary>Reads bytes into the node of one place.</summary>
    public static void Read(ReadOnlySpan<byte> source, Span<ulong> nodes, int place)
    {
        for (int i = 0; i * sizeof(ulong) < source.Length; i++)
        {
            nodes[(i * KeccakLanes.Count) + place] = BinaryPrimitives.ReadUInt64LittleEndian(source[(i * sizeof(ulong))..]);
        }
    }

    /// <summary>Puts one node in all eight places.</summary>
    public static void Fill(ReadOnlySpan<byte> source, Span<ulong> nodes)
    {
        for (int place = 0; place < KeccakLanes.Count; place++) Read(source, nodes, place);
    }

    /// <summary>XORs nodes into others.</summary>
    public static void Xor(Span<ulong> target, ReadOnlySpan<ulong> nodes)
    {
        for (int i = 0; i < target.Length; i++) target[i] ^= nodes[i];
    }

    /// <summary>Copies a node from one place to another.</summary>
    public static void Move(ReadOnlySpan<ulong> from, int fromPlace, Span<ulong> to, int toPlace)
    {
        for (int i = 0; i < from.Length; i += KeccakLanes.Count) to[i + toPlace] = from[i + fromPlace];
    }
}
