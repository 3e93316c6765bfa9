using System.Text.Json;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>What a command left: its exit code, stdout as text and as bytes, stderr.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error, byte[] RawOutput)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Fails with everything the command said.</summary>
    public CommandResult Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}\nstdout: {Output}\nstderr: {Error}");
        return this;
    }
}
