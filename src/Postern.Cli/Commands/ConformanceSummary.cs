using System.Text.Json.Serialization;
using Postern.Conformance;

namespace Postern.Cli.Commands;

/// <summary>The sum of a conformance run. Its properties are the JSON form.</summary>
internal sealed record ConformanceSummary
{
    public required int Files { get; init; }

    public required int FilesFailed { get; init; }

    /// <summary>Files of an unknown form, or wholly or partly for algorithms that this build does not have.</summary>
    public required int FilesIncomplete { get; init; }

    public required int Passed { get; init; }

    public required int Failed { get; init; }

    public required int Unsupported { get; init; }

    [JsonIgnore]
    public int ExitCode
    {
        get
        {
            if (FilesFailed > 0) return Cli.ExitCode.Failed;
            return Files == 0 || FilesIncomplete > 0 ? Cli.ExitCode.Incomplete : Cli.ExitCode.Success;
        }
    }

    [JsonIgnore]
    public string Line =>
        $"{Files} files: {Files - FilesFailed - FilesIncomplete} passed, {FilesFailed} failed, {FilesIncomplete} not or not wholly checked; checks: "
        + Counts(Passed, Failed, Unsupported);

    public static ConformanceSummary Of(IReadOnlyList<FileResult> results) => new()
    {
        Files = results.Count,
        FilesFailed = results.Count(result => result.Status == FileStatus.Failed),
        FilesIncomplete = results.Count(result =>
            result.Status is FileStatus.Unsupported or FileStatus.Unknown || (result.Status == FileStatus.Passed && result.Unsupported > 0)),
        Passed = results.Sum(result => result.Passed),
        Failed = results.Sum(result => result.Failed),
        Unsupported = results.Sum(result => result.Unsupported),
    };

    public static string Counts(int passed, int failed, int unsupported) =>
        $"{passed} passed"
        + (failed > 0 ? $", {failed} failed" : string.Empty)
        + (unsupported > 0 ? $", {unsupported} unsupported" : string.Empty);
}
