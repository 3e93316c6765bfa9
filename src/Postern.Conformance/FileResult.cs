namespace Postern.Conformance;

/// <summary>What became of one vector file.</summary>
/// <param name="Path">Relative to the folder of the run, with slashes; the name alone if the run was of one file.</param>
/// <param name="Kind">What the file is, such as <c>qstp session</c> or <c>kmac</c>; empty for an unknown form.</param>
/// <param name="Status">The verdict.</param>
/// <param name="Passed">Checks that came out right: rows, packets, fields of a certificate.</param>
/// <param name="Failed">Checks that did not.</param>
/// <param name="Unsupported">Rows for an algorithm that this build does not have.</param>
/// <param name="Failures">A line for each failed check, where and why; for an unknown form why it was not recognised.</param>
public sealed record FileResult(
    string Path, string Kind, FileStatus Status, int Passed, int Failed, int Unsupported, IReadOnlyList<string> Failures)
{
    /// <summary>Why rows are unsupported, each reason once.</summary>
    public IReadOnlyList<string> UnsupportedReasons { get; init; } = [];
}
