using System.Buffers.Binary;

namespace Postern.Cli.Inspection;

/// <summary>
/// A capture file in pcapng (draft-ietf-opsawg-pcapng): blocks, sections of either byte order, several interfaces, each with its own link type and resolution
/// of time. Blocks that hold no packet are passed over.
/// </summary>
internal sealed class CaptureBlocks(ReadOnlyMemory<byte> file)
{
    public const uint SectionHeader = 0x0A0D0D0A;

    /// <summary>Bytes of the first block without options.</summary>
    public const int SectionHeaderSize = 28;

    private const uint InterfaceDescription = 1;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrder = 0x1A2B3C4D;
    private const int Frame = 12;
    private const ushort ResolutionOption = 9;
    private const ushort EndOfOptions = 0;

    private readonly List<Interface> _interfaces = [];
    private bool _isBigEndian;

    /// <summary>The TCP segments, in the order of the file. A last block that is cut off is left out.</summary>
    /// <exception cref="FormatException">A block has a size that cannot be.</exception>
    public IEnumerable<TcpSegment> Read()
    {
        for (int offset = 0; file.Length - offset >= Frame;)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(file.Span[offset..]) == SectionHeader) BeginSection(offset);
            uint size = Word(offset + 4);
            if (size < Frame || size % 4 != 0) throw new FormatException($"The block at byte {offset} claims {size} bytes.");
            if (size > file.Length - offset) yield break;
            if (ReadBlock(Word(offset), offset + 8, offset + (int)size - 4) is { } segment) yield return segment;
            offset += (int)size;
        }
    }

    private void BeginSection(int offset)
    {
        ReadOnlySpan<byte> magic = file.Span[(offset + 8)..];
        _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(magic) == ByteOrder;
        if (!_isBigEndian && BinaryPrimitives.ReadUInt32LittleEndian(magic) != ByteOrder) throw new FormatException($"The section at byte {offset} has no byte order.");
        _interfaces.Clear();
    }

    private TcpSegment? ReadBlock(uint type, int start, int end)
    {
        switch (type)
        {
            case InterfaceDescription when end - start >= 8:
                _interfaces.Add(new Interface(Half(start), Word(start + 4), TicksOf(ResolutionOf(start + 8, end))));
                return null;
            case SimplePacket when end - start >= 4 && _interfaces is [var only, ..]:
                uint captured = only.Limit == 0 ? Word(start) : Math.Min(Word(start), only.Limit);
                return ReadFrame(only, start + 4, Math.Min(captured, (uint)(end - start - 4)), capturedAt: null);
            case EnhancedPacket when end - start >= 20 && Word(start) < _interfaces.Count:
                Interface from = _interfaces[(int)Word(start)];
                ulong time = ((ulong)Word(start + 4) << 32) | Word(start + 8);
                return ReadFrame(from, start + 20, Math.Min(Word(start + 12), (uint)(end - start - 20)), from.TimeOf(time));
            default:
                return null;
        }
    }

    private TcpSegment? ReadFrame(Interface from, int start, uint size, DateTimeOffset? capturedAt) =>
        FrameReader.IsKnown(from.LinkType) && FrameReader.Read(from.LinkType, file.Slice(start, (int)size)) is { } segment ? segment with { CapturedAt = capturedAt } : null;

    // The exponent of the resolution: of 10, or of 2 if its highest bit is set. Microseconds unless said otherwise.
    private byte ResolutionOf(int start, int end)
    {
        for (int offset = start; end - offset >= 4;)
        {
            (ushort code, ushort size) = (Half(offset), Half(offset + 2));
            if (code == EndOfOptions) break;
            if (code == ResolutionOption && size == 1 && end - offset >= 5) return file.Span[offset + 4];
            offset += 4 + ((size + 3) & ~3);
        }

        return 6;
    }

    private static double TicksOf(byte resolution) => TimeSpan.TicksPerSecond / ((resolution & 0x80) == 0 ? Math.Pow(10, resolution) : Math.Pow(2, resolution & 0x7F));

    private uint Word(int offset) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(file.Span[offset..]) : BinaryPrimitives.ReadUInt32LittleEndian(file.Span[offset..]);

    private ushort Half(int offset) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(file.Span[offset..]) : BinaryPrimitives.ReadUInt16LittleEndian(file.Span[offset..]);

    /// <summary>Where frames were captured.</summary>
    /// <param name="LinkType">How its frames begin.</param>
    /// <param name="Limit">Bytes of a frame that are kept at most; 0 for all.</param>
    /// <param name="TicksPerUnit">Ticks of .NET in a unit of its time.</param>
    private sealed record Interface(uint LinkType, uint Limit, double TicksPerUnit)
    {
        /// <summary>The time; null if it is beyond what can be written.</summary>
        public DateTimeOffset? TimeOf(ulong units)
        {
            double ticks = units * TicksPerUnit;
            return ticks < (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks ? DateTimeOffset.UnixEpoch.AddTicks((long)ticks) : null;
        }
    }
}
