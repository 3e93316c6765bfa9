using System.Net;
using Postern.Channels;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.Cli.Inspection;

/// <summary>A TCP connection of a capture: both directions in order, their packets explained as they become whole.</summary>
internal sealed class InspectedStream(IPEndPoint first, IPEndPoint second, WireProtocol? forced, PacketBudget budget)
{
    private const int MaxGaps = 1000;

    private static readonly TimeSpan PlausibleDistance = TimeSpan.FromDays(1);

    private readonly StreamExaminer _examiner = new(forced);
    private readonly List<PacketReport> _packets = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<IPEndPoint, (SegmentQueue Segments, PacketBuffer Packets)> _directions = new()
    {
        [first] = (new SegmentQueue(), new PacketBuffer(budget)),
        [second] = (new SegmentQueue(), new PacketBuffer(budget)),
    };

    private IPEndPoint? _client;
    private DateTimeOffset? _last;
    private int _gaps;
    private bool? _isOurs = forced is null ? null : true;

    public void Add(TcpSegment segment)
    {
        if (_isOurs == false) return;
        _last = segment.CapturedAt;
        _directions[segment.Source].Segments.Add(segment);
        Advance(segment.Source, isEnd: false);
    }

    /// <summary>Everything, or null if the connection spoke something else.</summary>
    public StreamReport? Finish()
    {
        Advance(first, isEnd: true);
        Advance(second, isEnd: true);
        if (_isOurs != true) return null;
        IPEndPoint client = _client ?? first;
        return new StreamReport
        {
            Client = $"{client}",
            Server = $"{(client.Equals(first) ? second : first)}",
            Protocol = _examiner.Protocol?.Name,
            Suite = _examiner.Suite?.Name,
            Packets = _packets,
            Problems = _problems,
        };
    }

    private void Advance(IPEndPoint source, bool isEnd)
    {
        (SegmentQueue segments, PacketBuffer packets) = _directions[source];
        while (_isOurs != false && segments.TryTake(isEnd, out ReadOnlyMemory<byte> data, out long missing))
        {
            if (missing > 0)
            {
                // Packets mostly begin with a segment.
                AddGap($"{missing} bytes from {source} are missing");
                packets.Clear();
            }

            packets.Add(data.Span);
            Examine(source, packets, isEnd: false);
        }

        if (isEnd) Examine(source, packets, isEnd: true);
    }

    // A capture can have one at every byte.
    private void AddGap(string gap)
    {
        if (++_gaps <= MaxGaps) _problems.Add(gap);
        else if (_gaps == MaxGaps + 1) _problems.Add("more is missing than is listed here");
    }

    private void Examine(IPEndPoint source, PacketBuffer packets, bool isEnd)
    {
        try
        {
            if (_isOurs is null && packets.Length >= PacketHeader.Size) _isOurs = IsPlausible(packets.Span, _last);
            while (_isOurs == true && packets.TryTake(isEnd, out ReadOnlySpan<byte> packet))
            {
                if (packet[0] == QstpProtocol.ConnectRequestFlag) _client ??= source;
                Side? side = _client is null ? null : _client.Equals(source) ? Side.Client : Side.Server;
                _packets.Add(_examiner.Examine(packet, side, _last));
            }

            if (isEnd && _isOurs == true && packets.Length > 0) _problems.Add($"{packets.Length} bytes from {source} at the end are no whole header");
        }
        catch (FormatException exception)
        {
            _problems.Add($"from {source}: {exception.Message}");
        }
    }

    // A connect request of a known set, or a flag, a length and a time that hardly anything else has together.
    private static bool IsPlausible(ReadOnlySpan<byte> data, DateTimeOffset? capturedAt)
    {
        if (data.StartsWith("\r\n\r\n\0\r\nQUIT\n"u8)) return true;
        PacketHeader header = PacketHeader.Read(data);
        if (StreamExaminer.Recognise(header, data[PacketHeader.Size..]) is not null) return true;
        bool isHandshake = WireProtocol.SenderOf(header.Flag) is not null;
        return WireProtocol.All.Any(protocol => protocol.NameOf(header.Flag) is not null)
            && header.Length > 0
            && header.Length <= (isHandshake ? StreamExaminer.MaxBodySize : ChannelProfile.MaxBodySize)
            && capturedAt is { } captured
            && Int128.Abs((Int128)header.Time - captured.ToUnixTimeSeconds()) <= (long)PlausibleDistance.TotalSeconds;
    }
}
