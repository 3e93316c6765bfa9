namespace Postern.Cli.Status;

/// <summary>A running <c>postern</c> process and its channels. Its properties are the JSON form.</summary>
internal sealed record ProcessReport
{
    public required int ProcessId { get; init; }

    public required string Command { get; init; }

    public string? Listening { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>The revocation list it goes by, if any.</summary>
    public RevocationReport? Revocation { get; init; }

    /// <summary>Those of further roots, during a rollover.</summary>
    public IReadOnlyList<RevocationReport> FurtherRevocation { get; init; } = [];

    public required IReadOnlyList<ChannelReport> Channels { get; init; }
}
