using Postern.Cli.Bench;
using Postern.Cli.Doctor;
using Postern.Cli.Status;

namespace Postern.Cli.Posture;

/// <summary>What an auditor asks for: which algorithms, keys, dates and settings are in use here, and what is wrong with them. Its properties are the JSON form.</summary>
internal sealed record PostureReport
{
    /// <summary>Names the form of the report. A field that goes, or means something else, makes a new number.</summary>
    public string Format { get; init; } = "postern-posture/1";

    public required DateTimeOffset Time { get; init; }

    public required string Version { get; init; }

    public required Processor Machine { get; init; }

    public required PostureSummary Summary { get; init; }

    /// <summary>The configuration sets that files and channels have.</summary>
    public required IReadOnlyList<PostureSuite> Suites { get; init; }

    public required IReadOnlyList<PostureFile> Files { get; init; }

    public required IReadOnlyList<PostureService> Services { get; init; }

    /// <summary>The user's processes that run now; null if nobody asked them.</summary>
    public IReadOnlyList<ProcessReport>? Processes { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }
}
