namespace Postern.Load.Soak;

/// <summary>What was done to one pair, and what came of it.</summary>
internal sealed record PairResult(string Name, SoakTally Did, double Ratchets, IReadOnlyList<ProcessResult> Processes)
{
    public bool Passed => Did.Complaints.Count == 0 && Processes.All(process => !process.Grown.Any());
}
