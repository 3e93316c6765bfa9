using System.Buffers.Binary;
using Postern.Packets;

namespace Postern.Cli.Inspection;

/// <summary>Cuts the bytes of a stream into packets.</summary>
internal sealed class PacketBuffer(PacketBudget budget)
{
    private const int ProxyHeadSize = 16;

    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private bool _isBroken;

    public int Length => _end - _start;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Length);

    private static ReadOnlySpan<byte> ProxySignature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public void Add(ReadOnlySpan<byte> data)
    {
        if (_isBroken) return;
        if (_bytes.Length - _end < data.Length)
        {
            byte[] larger = new byte[Math.Max(Length + data.Length, Length * 2)];
            Span.CopyTo(larger);
            (_bytes, _start, _end) = (larger, 0, Length);
        }

        data.CopyTo(_bytes.AsSpan(_end));
        _end += data.Length;
    }

    public void Clear() => _start = _end;

    /// <summary>The next packet, which stays until more is added. With <paramref name="isEnd"/> also a part of one, header included.</summary>
    /// <exception cref="FormatException">What is there begins no packet, or there were too many. Nothing comes after it.</exception>
    public bool TryTake(bool isEnd, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        SkipProxyHeader();
        if (Length < PacketHeader.Size) return false;
        PacketHeader header = PacketHeader.Read(Span);
        if (header.Length > StreamExaminer.MaxBodySize) throw Broken($"a header (flag 0x{header.Flag:x2}) claims {header.Length} bytes, more than any packet has");
        int size = PacketHeader.Size + (int)header.Length;
        if (size > Length && !isEnd) return false;
        if (!budget.TryTake()) throw Broken($"there are more than {PacketBudget.Most} packets");
        packet = Span[..Math.Min(size, Length)];
        _start += packet.Length;
        return true;
    }

    private FormatException Broken(string problem)
    {
        _isBroken = true;
        Clear();
        return new FormatException(problem + ": what follows is not looked at");
    }

    // What a balancer says before the first packet.
    private void SkipProxyHeader()
    {
        if (Length < ProxyHeadSize || !Span.StartsWith(ProxySignature)) return;
        int size = ProxyHeadSize + BinaryPrimitives.ReadUInt16BigEndian(Span[14..]);
        if (size <= Length) _start += size;
    }
}
