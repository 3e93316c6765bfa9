using System.Buffers.Binary;

namespace Postern.Cli.Inspection;

/// <summary>A capture file: pcapng, or the classic format of pcap in both byte orders, with microseconds or nanoseconds.</summary>
internal static class CaptureReader
{
    private const int FileHeaderSize = 24;
    private const int RecordHeaderSize = 16;
    private const int MaxFrameSize = 262_144;
    private const uint Microseconds = 0xA1B2C3D4;
    private const uint Nanoseconds = 0xA1B23C4D;

    /// <summary>Whether a file begins as a capture, of whichever format.</summary>
    public static bool IsCapture(ReadOnlySpan<byte> file) => file.Length >= 4
        && (BinaryPrimitives.ReadUInt32LittleEndian(file) is Microseconds or Nanoseconds or CaptureBlocks.SectionHeader
            || BinaryPrimitives.ReadUInt32BigEndian(file) is Microseconds or Nanoseconds);

    /// <summary>The TCP segments, in the order of the file. A last frame that is cut off is left out.</summary>
    /// <exception cref="FormatException">It is no capture that can be read.</exception>
    public static IEnumerable<TcpSegment> Read(ReadOnlyMemory<byte> file)
    {
        bool hasBlocks = BinaryPrimitives.ReadUInt32LittleEndian(file.Span) == CaptureBlocks.SectionHeader;
        if (file.Length < (hasBlocks ? CaptureBlocks.SectionHeaderSize : FileHeaderSize)) throw new FormatException("The capture ends inside its first header.");
        if (hasBlocks) return new CaptureBlocks(file).Read();
        bool isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(file.Span) is Microseconds or Nanoseconds;
        uint ticksPerFraction = Word(file.Span, 0, isBigEndian) == Microseconds ? 10u : 0u;
        uint linkType = Word(file.Span, 20, isBigEndian) & 0x0FFFFFFF;
        if (!FrameReader.IsKnown(linkType)) throw new FormatException($"The capture's link type {linkType} is none of Ethernet, Linux cooked, loopback and raw IP.");
        return Frames(file, isBigEndian, ticksPerFraction, linkType);
    }

    private static IEnumerable<TcpSegment> Frames(ReadOnlyMemory<byte> file, bool isBigEndian, uint ticksPerFraction, uint linkType)
    {
        for (int offset = FileHeaderSize; file.Length - offset >= RecordHeaderSize;)
        {
            uint seconds = Word(file.Span, offset, isBigEndian);
            uint fraction = Word(file.Span, offset + 4, isBigEndian);
            uint size = Word(file.Span, offset + 8, isBigEndian);
            offset += RecordHeaderSize;
            if (size > MaxFrameSize) throw new FormatException($"The frame at byte {offset} claims {size} bytes, where {MaxFrameSize} is the most.");
            if (size > file.Length - offset) yield break;
            long ticks = ticksPerFraction == 0 ? fraction / 100 : (long)fraction * ticksPerFraction;
            if (FrameReader.Read(linkType, file.Slice(offset, (int)size)) is { } segment)
            {
                yield return segment with { CapturedAt = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(ticks) };
            }

            offset += (int)size;
        }
    }

    private static uint Word(ReadOnlySpan<byte> file, int offset, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(file[offset..]) : BinaryPrimitives.ReadUInt32LittleEndian(file[offset..]);
}
