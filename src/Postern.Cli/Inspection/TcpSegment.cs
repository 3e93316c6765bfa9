using System.Net;

namespace Postern.Cli.Inspection;

/// <summary>The bytes that a frame carries of one direction of a TCP connection.</summary>
internal sealed record TcpSegment(IPEndPoint Source, IPEndPoint Destination, uint Sequence, bool IsSyn, ReadOnlyMemory<byte> Data)
{
    public DateTimeOffset? CapturedAt { get; init; }
}
