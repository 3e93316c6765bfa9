namespace Postern.Cli.Bench;

/// <summary>What one subject cost over all rounds. Its properties are the JSON form.</summary>
internal sealed record BenchResult
{
    public required string Section { get; init; }

    public required string Title { get; init; }

    public required string Unit { get; init; }

    public required string Subject { get; init; }

    /// <summary>The middle of all rounds.</summary>
    public required double Median { get; init; }

    /// <summary>The best round.</summary>
    public required double Least { get; init; }

    /// <summary>The worst round.</summary>
    public required double Most { get; init; }

    /// <summary>How many times as much as ours, round by round: above 1 ours is better. Null for ours.</summary>
    public BenchRatio? TimesOurs { get; init; }
}
