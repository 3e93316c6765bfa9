using System.Diagnostics;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary>tshark with the dissector, over a capture.</summary>
internal static class TsharkRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "tshark")).FirstOrDefault(File.Exists);

    /// <summary>A row for each frame of ours: the values of the fields, several of one frame parted by |.</summary>
    public static async Task<IReadOnlyList<string[]>> FieldsAsync(CaptureWriter capture, string[] fields, params string[] more)
    {
        string output = await RunAsync(
            capture, ["-Y", "postern.flag", "-T", "fields", "-E", "separator=/t", "-E", "aggregator=|", .. fields.SelectMany(field => (string[])["-e", field]), .. more]);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];
    }

    /// <summary>Stdout of a run that must succeed without a word about Lua on stderr.</summary>
    public static async Task<string> RunAsync(CaptureWriter capture, params string[] arguments)
    {
        Assert.SkipWhen(Program is null, "tshark is needed: .ci/install installs it.");
        using TestFolder folder = new();
        string file = folder.Write("capture.pcap", capture.File);
        ProcessStartInfo start = new(Program!, ["-X", $"lua_script:{Path.Combine(AppContext.BaseDirectory, "postern.lua")}", "-n", "-r", file, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Nobody's own settings.
        start.Environment["HOME"] = folder.Root;
        start.Environment["XDG_CONFIG_HOME"] = folder.Root;
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(Limit);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, await errors);
            Assert.DoesNotContain("Lua", await errors, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Lua Error", output, StringComparison.OrdinalIgnoreCase);
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
