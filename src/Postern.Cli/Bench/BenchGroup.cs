namespace Postern.Cli.Bench;

/// <summary>Things that do the same, measured in one unit; less is better. The first is ours, the others are compared with it.</summary>
internal sealed record BenchGroup(string Section, string Title, string Unit, IReadOnlyList<BenchSubject> Subjects)
{
    /// <summary>Measured once, with nothing before it: another round would only repeat it.</summary>
    public bool IsMeasuredOnce { get; init; }
}
