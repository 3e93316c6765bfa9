using System.Text.Json;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests;

public class ConformanceTests
{
    private static readonly string Folder = Path.GetDirectoryName(QstpVectors.Set1("certs.json"))!;

    [Fact]
    public async Task A_folder_of_vectors_passes_with_a_line_a_file_and_a_summary()
    {
        CommandResult result = await CommandHost.Run("conformance", Folder);
        string[] lines = result.Expect(ExitCode.Success).Output.TrimEnd().Split('\n');
        int files = Directory.GetFiles(Folder).Length;
        Assert.Equal(files + 1, lines.Length);
        Assert.All(lines[..^1], line => Assert.StartsWith("passed ", line, StringComparison.Ordinal));
        Assert.Contains("session_data.json", result.Output, StringComparison.Ordinal);
        Assert.StartsWith($"{files} files: {files} passed, 0 failed", lines[^1], StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData("qsms", 23)]
    [InlineData("qsmd", 26)]
    public async Task The_recordings_of_QSMP_pass_for_every_set(string protocol, int files)
    {
        CommandResult result = await CommandHost.Run("conformance", Path.Combine(AppContext.BaseDirectory, "Vectors", protocol));
        string[] lines = result.Expect(ExitCode.Success).Output.TrimEnd().Split('\n');
        Assert.Equal(files, lines.Count(line => line.StartsWith("passed ", StringComparison.Ordinal)));
        Assert.StartsWith($"{files} files: {files} passed, 0 failed", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_digit_fails_and_is_named_under_its_file()
    {
        using TestFolder folder = new();
        byte[] root = await File.ReadAllBytesAsync(QstpVectors.Set1("root_public_cert.qrr"), TestContext.Current.CancellationToken);
        root[^60] ^= 1;
        folder.Write("root_public_cert.qrr", root);
        folder.Copy(QstpVectors.Set3("root_public_cert.qrr"), "good.qrr");
        CommandResult result = await CommandHost.Run("conformance", folder.Root);
        string[] lines = result.Expect(ExitCode.Failed).Output.TrimEnd().Split('\n');
        Assert.StartsWith("passed      good.qrr", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("FAILED      root_public_cert.qrr", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("    ", lines[2], StringComparison.Ordinal);
        Assert.Contains("1 failed", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_summary_and_every_file()
    {
        CommandResult result = await CommandHost.Run("conformance", "--json", QstpVectors.Set1("certs.json"), QstpVectors.Set1("session_data.json"));
        JsonElement json = result.Expect(ExitCode.Success).Json;
        Assert.Equal(2, json.GetProperty("summary").GetProperty("files").GetInt32());
        Assert.Equal(0, json.GetProperty("summary").GetProperty("failed").GetInt32());
        Assert.Equal(
            [QstpVectors.Set1("certs.json"), QstpVectors.Set1("session_data.json")],
            json.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()), StringComparer.Ordinal);
        Assert.Equal("passed", json.GetProperty("files")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_unknown_form_is_never_a_success_but_can_be_left_out()
    {
        using TestFolder folder = new();
        folder.Copy(QstpVectors.Set1("root_public_cert.qrr"), "root_public_cert.qrr");
        folder.Write("notes.json", "{\"a\": 1}"u8);
        CommandResult result = await CommandHost.Run("conformance", folder.Root);
        Assert.Contains("unknown     notes.json", result.Expect(ExitCode.Incomplete).Output, StringComparison.Ordinal);
        (await CommandHost.Run("conformance", folder.Root, "--except", "nothing", "--except", "note?.*")).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task An_unsupported_file_says_why_once()
    {
        using TestFolder folder = new();
        const string Row = """{"standard_name": "mceliece51220", "keygen_rng": "", "encaps_rng_calls": [], "ciphertext": ""}""";
        folder.Write("kem.json", System.Text.Encoding.ASCII.GetBytes($"[{Row}, {Row}]"));
        CommandResult result = await CommandHost.Run("conformance", folder.Root);
        Assert.Contains("2 unsupported (mceliece51220 is not in this build)\n", result.Expect(ExitCode.Incomplete).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_check_is_no_success()
    {
        using TestFolder folder = new();
        CommandResult empty = await CommandHost.Run("conformance", folder.Root);
        Assert.Contains("no vector file", empty.Expect(ExitCode.Incomplete).Error, StringComparison.Ordinal);
        (await CommandHost.Run("conformance", Folder, "--except", "*")).Expect(ExitCode.Incomplete);
    }

    [Fact]
    public async Task Missing_paths_are_found_before_anything_is_checked()
    {
        using TestFolder folder = new();
        CommandResult result = await CommandProcess.RunAsync(folder.Root, [], "conformance", Folder, "none");
        Assert.Contains("'none'", result.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        (await CommandHost.Run("conformance")).Expect(ExitCode.Usage);
    }

    [Fact]
    public async Task Output_into_a_pipe_has_no_escape_codes()
    {
        using TestFolder folder = new();
        CommandResult result = await CommandProcess.RunAsync(folder.Root, [], "conformance", QstpVectors.Set1("certs.json"));
        Assert.DoesNotContain('\e', result.Expect(ExitCode.Success).Output);
        Assert.Empty(result.Error);
    }
}
