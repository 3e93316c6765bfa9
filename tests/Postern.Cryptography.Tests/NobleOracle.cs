using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>
/// Asks @noble/post-quantum, mceliece and sphincs, in a node process, for their results: see tests/noble/oracle.mjs. The packages are looked for
/// in the folder that POSTERN_NOBLE names, or else in tests/noble above the test assembly.
/// </summary>
public sealed class NobleOracle : IDisposable
{
    private const string Remedy = "Install node 20.19 or newer and run `npm ci` in tests/noble; POSTERN_NOBLE may name that folder.";

    private readonly Process? _process;

    public NobleOracle()
    {
        string? folder = FindFolder();
        if (folder is null)
        {
            Missing = $"The packages @noble/post-quantum, mceliece and sphincs were not found. {Remedy}";
            return;
        }

        try
        {
            _process = Start(folder);
        }
        catch (Win32Exception exception)
        {
            Missing = $"Node did not start: {exception.Message}. {Remedy}";
        }
    }

    /// <summary>What is missing for the oracle to answer, or null.</summary>
    public string? Missing { get; }

    /// <summary>Skips the running test if the oracle cannot answer.</summary>
    public void SkipIfMissing() => Assert.SkipWhen(Missing is not null, Missing ?? "");

    /// <summary>Sends one request, an object with the property <c>op</c>, and returns the answer.</summary>
    public JsonElement Ask(object request)
    {
        Assert.NotNull(_process);
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        _process.StandardInput.Flush();
        string? line = _process.StandardOutput.ReadLine();
        Assert.True(line is not null, "The oracle ended; its standard error says why.");
        using JsonDocument answer = JsonDocument.Parse(line);
        Assert.False(answer.RootElement.TryGetProperty("error", out JsonElement error), error.ToString());
        return answer.RootElement.Clone();
    }

    public void Dispose()
    {
        if (_process is null) return;
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Start(string folder)
    {
        ProcessStartInfo start = new("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "noble", "oracle.mjs"));
        start.ArgumentList.Add(folder);
        return Process.Start(start)!;
    }

    private static string? FindFolder()
    {
        if (Environment.GetEnvironmentVariable("POSTERN_NOBLE") is { Length: > 0 } named)
        {
            return HasPackages(named) ? Path.GetFullPath(named) : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "noble");
            if (HasPackages(candidate)) return candidate;
        }

        return null;
    }

    private static bool HasPackages(string folder) =>
        ((string[])["@noble/post-quantum", "mceliece", "sphincs"]).All(name => File.Exists(Path.Combine(folder, "node_modules", name, "package.json")));
}
