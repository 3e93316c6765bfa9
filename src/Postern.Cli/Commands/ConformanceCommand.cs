using System.CommandLine;
using Postern.Cli.Terminal;
using Postern.Conformance;
using Spectre.Console;

namespace Postern.Cli.Commands;

/// <summary><c>postern conformance</c>: replays vector files against this very build.</summary>
internal static class ConformanceCommand
{
    private const int FailuresShown = 5;

    public static Command Create(CommandTerminal terminal)
    {
        Argument<string[]> paths = new("PATH")
        {
            Description = "Folders, with all folders in them, or files.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string[]> except = new("--except")
        {
            Description = "Files to leave out: a pattern with * and ? for the path below the folder, or without a slash for the name. Can be repeated.",
            HelpName = "GLOB",
        };
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "conformance",
            "Replay recorded vectors of the protocol and its algorithms, and check certificate and key files.",
            """
            The exit code is 0 if every file passed, 1 if one failed, and 5 if none failed but something was not checked: a file of unknown
            form, an algorithm that this build does not have, or no file at all.

            Examples:
              postern conformance vectors
              postern conformance vectors --except '*mceliece*' --except slhdsa.json
            """)
        {
            paths, except, json,
        };
        command.SetAction((result, cancellationToken) => Task.Run(
            () => Run(terminal, result.GetRequiredValue(paths), result.GetValue(except) ?? [], result.GetValue(json), cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(CommandTerminal terminal, string[] paths, string[] except, bool isJson, CancellationToken cancellationToken)
    {
        ConformanceOptions options = new() { Except = except };
        // All paths are looked at before the first file is checked: a missing one should not show up after minutes.
        List<IEnumerable<FileResult>> runs = [.. paths.Select(path => RunOf(path, paths.Length > 1, options, cancellationToken))];
        bool showsProgress = terminal.IsInteractive && (isJson || !terminal.IsOutputTerminal);
        List<FileResult> results = [];
        foreach (FileResult result in runs.SelectMany(run => run))
        {
            results.Add(result);
            if (!isJson) WriteFile(terminal, result);
            if (showsProgress) terminal.Error.Write($"\r{results.Count} files checked");
        }

        if (showsProgress) terminal.Error.WriteLine();
        ConformanceSummary summary = ConformanceSummary.Of(results);
        if (isJson) terminal.WriteJson(new { Summary = summary, Files = results });
        else terminal.WriteLine(summary.Line);
        if (results.Count == 0) terminal.WriteWarning($"there is no vector file in {string.Join(", ", paths)}.");
        return summary.ExitCode;
    }

    // Paths as the person who reads them could type them; below a single folder, relative to it.
    private static IEnumerable<FileResult> RunOf(string path, bool isOneOfSeveral, ConformanceOptions options, CancellationToken cancellationToken)
    {
        IEnumerable<FileResult> results = ConformanceRun.Run(path, options, cancellationToken);
        if (File.Exists(path)) return results.Select(result => result with { Path = path });
        return isOneOfSeveral ? results.Select(result => result with { Path = Path.Combine(path, result.Path) }) : results;
    }

    private static void WriteFile(CommandTerminal terminal, FileResult result)
    {
        (string colour, string word) = result.Status switch
        {
            FileStatus.Passed when result.Unsupported > 0 => ("yellow", "partly"),
            FileStatus.Passed => ("green", "passed"),
            FileStatus.Failed => ("red", "FAILED"),
            FileStatus.Unsupported => ("yellow", "unsupported"),
            FileStatus.Unknown => ("yellow", "unknown"),
            _ => throw new InvalidOperationException($"Status {result.Status}."),
        };
        terminal.OutConsole.Markup($"[{colour}]{word,-12}[/]");
        string kind = result.Kind.Length == 0 ? string.Empty : $" ({result.Kind})";
        terminal.WriteLine($"{result.Path}{kind}: {ConformanceSummary.Counts(result.Passed, result.Failed, result.Unsupported)}{Reasons(result)}");
        foreach (string failure in result.Failures.Take(FailuresShown)) terminal.WriteLine($"    {failure}");
        int more = result.Failures.Count - FailuresShown;
        if (more > 0) terminal.WriteLine($"    and {more} more; --json lists them all");
    }

    private static string Reasons(FileResult result) =>
        result.UnsupportedReasons.Count == 0 ? string.Empty : $" ({string.Join("; ", result.UnsupportedReasons)})";
}
