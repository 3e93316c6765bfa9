namespace Postern.Cli.Inspection;

/// <summary>A connection, or the bytes of a file that is no capture. Its properties are the JSON form.</summary>
internal sealed record StreamReport
{
    public string? Client { get; init; }

    public string? Server { get; init; }

    /// <summary>Null if nothing shows which of them it is.</summary>
    public string? Protocol { get; init; }

    public string? Suite { get; init; }

    public required IReadOnlyList<PacketReport> Packets { get; init; }

    /// <summary>What is wrong with the stream as a whole.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
