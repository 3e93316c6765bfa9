namespace Postern.Cli.Inspection;

/// <summary>A packet, explained. Its properties are the JSON form.</summary>
internal sealed record PacketReport
{
    /// <summary>Who sent it, or null if the input does not say.</summary>
    public Side? SentBy { get; init; }

    public DateTimeOffset? CapturedAt { get; init; }

    public required string Kind { get; init; }

    public required byte Flag { get; init; }

    public required uint Length { get; init; }

    public required ulong Sequence { get; init; }

    /// <summary>The header's time in Unix seconds.</summary>
    public required ulong Time { get; init; }

    public required IReadOnlyList<PacketField> Fields { get; init; }

    /// <summary>What is worth knowing, and not wrong.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What no correct peer would send, or would accept.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
