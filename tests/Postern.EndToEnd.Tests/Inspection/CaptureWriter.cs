using System.Buffers.Binary;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary>A capture file by hand: the classic format, Ethernet, IPv4, TCP. Time is the packets' own.</summary>
internal sealed class CaptureWriter(bool bigEndian = false, bool nanoseconds = false)
{
    /// <summary>Ethernet, IPv4, TCP.</summary>
    public const int FrameHeaders = 14 + 20 + 20;

    private readonly List<byte> _file = [];
    private readonly Dictionary<(int Client, bool FromServer), uint> _sequences = [];
    private uint _time = 1_795_000_000;

    /// <summary>Bytes of TCP in a frame at most.</summary>
    public int SegmentSize { get; init; } = 1400;

    /// <summary>Bytes of a frame that are captured at most.</summary>
    public int SnapLength { get; init; } = int.MaxValue;

    public byte[] File => [.. Header(), .. _file];

    /// <summary>A connection whose packets each begin a segment of their own.</summary>
    public CaptureWriter Add(int clientPort, int serverPort, IEnumerable<RecordedPacket> packets)
    {
        foreach (RecordedPacket packet in packets) Add(clientPort, serverPort, packet.FromServer, packet.Bytes, packet.Header.Time);
        return this;
    }

    /// <summary>Bytes of one side.</summary>
    public CaptureWriter Add(int clientPort, int serverPort, bool fromServer, ReadOnlySpan<byte> bytes, ulong time = 0)
    {
        if (time is > 0 and < uint.MaxValue) _time = (uint)time;
        for (int offset = 0; offset < bytes.Length; offset += SegmentSize)
        {
            ReadOnlySpan<byte> segment = bytes.Slice(offset, Math.Min(SegmentSize, bytes.Length - offset));
            uint sequence = SequenceOf(clientPort, fromServer);
            AddSegment(clientPort, serverPort, fromServer, sequence, segment);
            // The server begins shortly before the numbers wrap.
            _sequences[(clientPort, fromServer)] = unchecked(sequence + (uint)segment.Length);
        }

        return this;
    }

    /// <summary>A segment at any place of the stream.</summary>
    public CaptureWriter AddSegment(int clientPort, int serverPort, bool fromServer, uint sequence, ReadOnlySpan<byte> segment)
    {
        byte[] frame = new byte[FrameHeaders + segment.Length];
        frame[12] = 0x08;
        WriteAddresses(frame.AsSpan(14, 20), fromServer, segment.Length);
        Span<byte> tcp = frame.AsSpan(34, 20);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)(fromServer ? serverPort : clientPort));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)(fromServer ? clientPort : serverPort));
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], SequenceOf(clientPort, !fromServer));
        tcp[12] = 0x50;
        tcp[13] = 0x18;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], ushort.MaxValue);
        segment.CopyTo(frame.AsSpan(FrameHeaders));
        WriteUInt32(_time);
        WriteUInt32(0);
        int captured = Math.Min(frame.Length, SnapLength);
        WriteUInt32((uint)captured);
        WriteUInt32((uint)frame.Length);
        _file.AddRange(frame.AsSpan(0, captured));
        return this;
    }

    /// <summary>Where the next byte of a side will be.</summary>
    public uint SequenceOf(int clientPort, bool fromServer) => _sequences.GetValueOrDefault((clientPort, fromServer), fromServer ? uint.MaxValue - 700 : 1000);

    private static void WriteAddresses(Span<byte> ip, bool fromServer, int size)
    {
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(40 + size));
        ip[8] = 64;
        ip[9] = 6;
        (ip[12], ip[15]) = (10, (byte)(fromServer ? 2 : 1));
        (ip[16], ip[19]) = (10, (byte)(fromServer ? 1 : 2));
    }

    private byte[] Header()
    {
        byte[] header = new byte[24];
        uint[] words = [nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4, bigEndian ? 0x00020004u : 0x00040002u, 0, 0, 262144, 1];
        for (int i = 0; i < words.Length; i++) Word(words[i]).CopyTo(header, i * 4);
        return header;
    }

    private void WriteUInt32(uint value) => _file.AddRange(Word(value));

    private byte[] Word(uint value)
    {
        byte[] word = new byte[4];
        if (bigEndian) BinaryPrimitives.WriteUInt32BigEndian(word, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(word, value);
        return word;
    }
}
