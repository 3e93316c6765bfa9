using System.CommandLine;
using Postern.Qstp;

namespace Postern.Load.Soak;

/// <summary><c>soak</c>: the real command's processes under everything at once for a long time, and whether anything grows.</summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        Option<double> minutes = new("--minutes") { Description = "How long, without warming up.", DefaultValueFactory = _ => 30 };
        Option<double> interval = new("--interval") { Description = "Seconds between two looks at each process.", DefaultValueFactory = _ => 1 };
        Option<string?> postern = new("--command") { Description = "The command's executable. Default the one that was built with this program." };
        Option<bool> json = new("--json") { Description = "A JSON document on stdout instead of a table." };
        Command command = new("soak", "expose and forward under churn, bulk, slow readers, ratchets, reloads and restarts of the service; fails if anything grows, breaks or is wrong.")
        {
            minutes, interval, postern, json,
        };
        minutes.Validators.Add(result =>
        {
            if (result.GetValue(minutes) < 1) result.AddError("--minutes is 1 at least: quarters of less say nothing.");
        });
        command.SetAction(async (result, _) =>
        {
            if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("A soak reads /proc.");
            TimeSpan duration = TimeSpan.FromMinutes(result.GetValue(minutes));
            string[] line = result.GetValue(postern) is { } path ? [Path.GetFullPath(path)] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "Postern.Cli.dll")];
            IReadOnlyList<PairResult> pairs = await RunAsync(line, duration, TimeSpan.FromSeconds(result.GetValue(interval)));
            if (result.GetValue(json)) SoakReport.WriteJson(Console.Out, duration, pairs);
            else SoakReport.WriteTable(Console.Out, pairs);
            return pairs.All(pair => pair.Passed) ? 0 : 1;
        });
        return command;
    }

    private static async Task<IReadOnlyList<PairResult>> RunAsync(string[] command, TimeSpan duration, TimeSpan interval)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("postern-soak-");
        try
        {
            await using SoakRun run = new(command, duration, interval);
            await Console.Error.WriteLineAsync($"{run.WarmUp.TotalSeconds:0} s of warming up, then {duration.TotalMinutes:0.#} minutes");
            return await run.RunAsync(folder.FullName, LoadKeys.Create(folder.FullName, QstpSuites.DilithiumS3KyberS3));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
