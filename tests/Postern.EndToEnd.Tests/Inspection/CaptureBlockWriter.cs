using System.Buffers.Binary;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary>The frames of a classic capture (little-endian, microseconds) in pcapng: two interfaces, times in nanoseconds, and blocks that hold no packet.</summary>
internal sealed class CaptureBlockWriter(bool bigEndian)
{
    private const int FileHeaderSize = 24;
    private const int RecordHeaderSize = 16;

    private readonly List<byte> _file = [];

    /// <summary>Converts a capture; every frame of the second interface, if it is to be simple, without a time.</summary>
    public static byte[] Convert(byte[] classic, bool bigEndian, bool simple = false)
    {
        CaptureBlockWriter writer = new(bigEndian);
        writer.Block(0x0A0D0D0A, [.. writer.Word(0x1A2B3C4D), .. writer.Half(1), .. writer.Half(0), .. Enumerable.Repeat((byte)0xFF, 8)]);
        byte[] nanoseconds = [.. writer.Half(2), .. writer.Half(3), (byte)'e', (byte)'t', (byte)'h', 0, .. writer.Half(9), .. writer.Half(1), 9, 0, 0, 0, .. writer.Half(0), .. writer.Half(0)];
        byte[] ethernet = [.. writer.Half(1), .. writer.Half(0), .. writer.Word(262_144), .. nanoseconds];
        if (!simple) writer.Block(1, [.. writer.Half(147), .. writer.Half(0), .. writer.Word(0)]);
        writer.Block(1, ethernet);
        writer.Block(0x0BAD, [1, 2, 3, 4]);
        for (int offset = FileHeaderSize; offset < classic.Length;)
        {
            uint seconds = BinaryPrimitives.ReadUInt32LittleEndian(classic.AsSpan(offset));
            int size = BinaryPrimitives.ReadInt32LittleEndian(classic.AsSpan(offset + 8));
            offset += RecordHeaderSize;
            byte[] frame = classic[offset..(offset + size)];
            ulong time = seconds * 1_000_000_000UL;
            writer.Block(
                simple ? 3u : 6u,
                simple
                    ? [.. writer.Word((uint)size), .. frame]
                    : [.. writer.Word(1), .. writer.Word(unchecked((uint)(time >> 32))), .. writer.Word(unchecked((uint)time)), .. writer.Word((uint)size), .. writer.Word((uint)size), .. frame]);
            offset += size;
        }

        return [.. writer._file];
    }

    private void Block(uint type, byte[] body)
    {
        int padding = -body.Length & 3;
        byte[] size = Word((uint)(12 + body.Length + padding));
        _file.AddRange([.. Word(type), .. size, .. body, .. new byte[padding], .. size]);
    }

    private byte[] Word(uint value)
    {
        byte[] bytes = new byte[4];
        if (bigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private byte[] Half(ushort value)
    {
        byte[] bytes = new byte[2];
        if (bigEndian) BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }
}
