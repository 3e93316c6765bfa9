using System.Buffers;
using System.Net;
using System.Text;
using Postern.Packets;

namespace Postern.Cli.Inspection;

/// <summary>Finds the packets in a file: a capture, hex text, or the bytes of packets one after another.</summary>
internal static class InspectionRun
{
    // A port scan of a whole address, and more.
    private const int MaxConnections = 100_000;

    private static readonly SearchValues<byte> HexText = SearchValues.Create("0123456789abcdefABCDEF: \t\r\n"u8);

    /// <summary>Reads all of it.</summary>
    /// <exception cref="FormatException">The file cannot be what it seems to be.</exception>
    public static IReadOnlyList<StreamReport> Run(ReadOnlyMemory<byte> file, WireProtocol? forced)
    {
        if (CaptureReader.IsCapture(file.Span)) return OfCapture(CaptureReader.Read(file), forced);
        return [OfBytes(IsHex(file.Span) ? FromHex(file.Span) : file.Span, forced)];
    }

    private static List<StreamReport> OfCapture(IEnumerable<TcpSegment> segments, WireProtocol? forced)
    {
        Dictionary<(IPEndPoint, IPEndPoint), InspectedStream> connections = [];
        List<InspectedStream> all = [];
        PacketBudget budget = new();
        foreach (TcpSegment segment in segments)
        {
            if (!connections.TryGetValue((segment.Source, segment.Destination), out InspectedStream? stream))
            {
                if (all.Count == MaxConnections) throw new FormatException($"The capture has more than {MaxConnections} connections.");
                stream = new InspectedStream(segment.Source, segment.Destination, forced, budget);
                connections[(segment.Source, segment.Destination)] = stream;
                connections[(segment.Destination, segment.Source)] = stream;
                all.Add(stream);
            }

            stream.Add(segment);
        }

        return [.. all.Select(stream => stream.Finish()).OfType<StreamReport>()];
    }

    private static StreamReport OfBytes(ReadOnlySpan<byte> bytes, WireProtocol? forced)
    {
        StreamExaminer examiner = new(forced);
        PacketBuffer buffer = new(new PacketBudget());
        buffer.Add(bytes);
        List<PacketReport> packets = [];
        List<string> problems = [];
        try
        {
            while (buffer.TryTake(isEnd: true, out ReadOnlySpan<byte> packet)) packets.Add(examiner.Examine(packet, side: null, capturedAt: null));
            if (buffer.Length > 0) problems.Add($"the last {buffer.Length} bytes are no whole header of {PacketHeader.Size}");
        }
        catch (FormatException exception)
        {
            problems.Add(exception.Message);
        }

        return new StreamReport { Protocol = examiner.Protocol?.Name, Suite = examiner.Suite?.Name, Packets = packets, Problems = problems };
    }

    private static bool IsHex(ReadOnlySpan<byte> file) => file.Length > 0 && !file.ContainsAnyExcept(HexText);

    private static byte[] FromHex(ReadOnlySpan<byte> file)
    {
        StringBuilder digits = new(file.Length);
        foreach (byte character in file)
        {
            if (char.IsAsciiHexDigit((char)character)) digits.Append((char)character);
        }

        if (digits.Length % 2 != 0) throw new FormatException($"The text has {digits.Length} hex digits, an odd number.");
        return Convert.FromHexString(digits.ToString());
    }
}
