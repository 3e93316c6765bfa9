using System.Buffers.Binary;
using System.Net;

namespace Postern.Cli.Inspection;

/// <summary>Finds TCP in a captured frame. What is cut off, a fragment or of another protocol is passed over.</summary>
internal static class FrameReader
{
    private const int NullLink = 0;
    private const int Ethernet = 1;
    private const int RawIP = 101;
    private const int LinuxCooked = 113;
    private const int RawIPv4 = 228;
    private const int RawIPv6 = 229;
    private const int LinuxCooked2 = 276;
    private const int Tcp = 6;
    private const int Syn = 0x02;

    public static bool IsKnown(uint linkType) => linkType is NullLink or Ethernet or RawIP or LinuxCooked or RawIPv4 or RawIPv6 or LinuxCooked2;

    public static TcpSegment? Read(uint linkType, ReadOnlyMemory<byte> frame)
    {
        int start = linkType switch
        {
            NullLink => 4,
            Ethernet => EthernetSize(frame.Span),
            LinuxCooked => 16,
            LinuxCooked2 => 20,
            _ => 0,
        };
        if (frame.Length <= start) return null;
        ReadOnlyMemory<byte> packet = frame[start..];
        return (packet.Span[0] >> 4) switch
        {
            4 => ReadIPv4(packet),
            6 => ReadIPv6(packet),
            _ => null,
        };
    }

    // Addresses, tags of virtual networks, the type.
    private static int EthernetSize(ReadOnlySpan<byte> frame)
    {
        int offset = 12;
        while (frame.Length >= offset + 2 && BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]) is 0x8100 or 0x88A8) offset += 4;
        return offset + 2;
    }

    private static TcpSegment? ReadIPv4(ReadOnlyMemory<byte> packet)
    {
        ReadOnlySpan<byte> ip = packet.Span;
        int headerSize = (ip[0] & 0x0F) * 4;
        if (headerSize < 20 || ip.Length < headerSize || ip[9] != Tcp) return null;
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF) != 0;
        int size = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        // Network cards that segment by themselves leave the length at 0.
        int end = size == 0 ? ip.Length : Math.Min(size, ip.Length);
        return isFragment || end < headerSize ? null : ReadTcp(new IPAddress(ip.Slice(12, 4)), new IPAddress(ip.Slice(16, 4)), packet[headerSize..end]);
    }

    private static TcpSegment? ReadIPv6(ReadOnlyMemory<byte> packet)
    {
        const int headerSize = 40;
        ReadOnlySpan<byte> ip = packet.Span;
        if (ip.Length < headerSize || ip[6] != Tcp) return null;
        int size = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        int end = size == 0 ? ip.Length : Math.Min(headerSize + size, ip.Length);
        return ReadTcp(new IPAddress(ip.Slice(8, 16)), new IPAddress(ip.Slice(24, 16)), packet[headerSize..end]);
    }

    private static TcpSegment? ReadTcp(IPAddress source, IPAddress destination, ReadOnlyMemory<byte> segment)
    {
        ReadOnlySpan<byte> tcp = segment.Span;
        if (tcp.Length < 20) return null;
        int headerSize = (tcp[12] >> 4) * 4;
        if (headerSize < 20 || tcp.Length < headerSize) return null;
        return new TcpSegment(
            new IPEndPoint(source, BinaryPrimitives.ReadUInt16BigEndian(tcp)),
            new IPEndPoint(destination, BinaryPrimitives.ReadUInt16BigEndian(tcp[2..])),
            BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]),
            (tcp[13] & Syn) != 0,
            segment[headerSize..]);
    }
}
