using System.Text.Json;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;
using Postern.Qsmp;

namespace Postern.EndToEnd.Tests.Commands;

public class KeyTrustTests
{
    private static readonly string Fingerprint = QsmpPublicKey.Parse(File.ReadAllBytes(QsmpKeyFiles.Sender1Public)).Fingerprint;

    [Fact]
    public async Task A_key_is_shown_asked_about_and_put_into_the_users_own_folder()
    {
        using TestFolder folder = new();
        CommandHost person = new() { Keys = "y", ConfigurationFolder = folder.Root };
        CommandResult result = await person.RunAsync("key", "trust", QsmpKeyFiles.Sender1Public);
        string path = Path.Combine("postern", "trusted", QsmpKeyFiles.Sender1Identity + ".qpkey");
        Assert.Equal(folder[path] + "\n", result.Expect(ExitCode.Success).Output);
        Assert.Contains(Fingerprint, result.Error, StringComparison.Ordinal);
        Assert.Equal(["postern", Path.Combine("postern", "trusted"), path], folder.Names);
        Assert.Equal(
            await File.ReadAllBytesAsync(QsmpKeyFiles.Sender1Public, TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(folder[path], TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(folder[Path.Combine("postern", "trusted")]));
        }

        Assert.Single(TrustedKeys.FromFolder(folder[Path.Combine("postern", "trusted")]).Current);
    }

    [Fact]
    public async Task A_no_and_no_terminal_change_nothing()
    {
        using TestFolder folder = new();
        string[] trust = ["key", "trust", QsmpKeyFiles.Sender1Public, "--folder", folder["trusted"]];
        Assert.Contains("Not trusted", (await new CommandHost { Keys = "n" }.RunAsync(trust)).Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        Assert.Contains("--fingerprint", (await CommandHost.Run(trust)).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task The_right_fingerprint_is_enough_and_a_wrong_one_is_final_whatever_else_is_said()
    {
        using TestFolder folder = new();
        string[] trust = ["key", "trust", QsmpKeyFiles.Sender1Public, "--folder", folder["trusted"], "--name", "bob"];
        string wrong = (Fingerprint[0] == '0' ? "1" : "0") + Fingerprint[1..];
        CommandResult refused = await new CommandHost { Keys = "" }.RunAsync([.. trust, "--yes", "--fingerprint", wrong]);
        Assert.Contains("The fingerprint is another one", refused.Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        (await CommandHost.Run([.. trust, "--fingerprint", Fingerprint[1..]])).Expect(ExitCode.Usage);
        (await CommandHost.Run([.. trust, "--fingerprint", Fingerprint[1..] + "g"])).Expect(ExitCode.Usage);
        Assert.Empty(folder.Names);
        string spoken = string.Join(':', Fingerprint.ToLowerInvariant().Chunk(4).Select(part => new string(part)));
        (await CommandHost.Run([.. trust, "--fingerprint", spoken])).Expect(ExitCode.Success);
        Assert.Equal(["trusted", Path.Combine("trusted", "bob.qpkey")], folder.Names);
    }

    [Fact]
    public async Task A_key_on_stdin_and_a_simplex_key_are_taken_the_latter_with_a_warning()
    {
        using TestFolder folder = new();
        CommandHost pipe = new() { Input = await File.ReadAllBytesAsync(QsmpKeyFiles.Server1Public, TestContext.Current.CancellationToken) };
        CommandResult result = await pipe.RunAsync("key", "trust", "-", "--yes", "--folder", folder.Root, "--name", "server");
        Assert.Contains("SIMPLEX server", result.Expect(ExitCode.Success).Error, StringComparison.Ordinal);
        Assert.Equal(["server.qpkey"], folder.Names);
    }

    [Fact]
    public async Task A_key_that_is_there_is_told_and_another_one_of_its_identity_or_name_is_refused()
    {
        using TestFolder folder = new();
        string[] to = ["--yes", "--folder", folder.Root];
        (await CommandHost.Run(["key", "trust", QsmpKeyFiles.Sender1Public, "--name", "bob", .. to])).Expect(ExitCode.Success);
        CommandResult again = await CommandHost.Run(["key", "trust", QsmpKeyFiles.Sender1Public, "--name", "other", .. to]);
        Assert.Contains("trusted already", again.Expect(ExitCode.Success).Error, StringComparison.Ordinal);
        Assert.Equal(folder["bob.qpkey"] + "\n", again.Output);

        string text = await File.ReadAllTextAsync(QsmpKeyFiles.Sender1Public, TestContext.Current.CancellationToken);
        byte[] altered = System.Text.Encoding.ASCII.GetBytes(text.Replace("Expiration: 2027", "Expiration: 2028", StringComparison.Ordinal));
        CommandResult taken = await new CommandHost { Input = altered }.RunAsync(["key", "trust", "-", "--name", "eve", .. to]);
        Assert.Contains("another key of the same identity", taken.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        CommandResult sameName = await CommandHost.Run(["key", "trust", QsmpKeyFiles.Sender3Public, "--name", "bob", .. to]);
        Assert.Contains("exists already", sameName.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        Assert.Equal(["bob.qpkey"], folder.Names);
    }

    [Fact]
    public async Task Expired_keys_private_keys_and_other_files_are_refused()
    {
        using TestFolder folder = new();
        CommandHost later = new() { Now = new DateTimeOffset(2028, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        CommandResult expired = await later.RunAsync("key", "trust", QsmpKeyFiles.Sender1Public, "--yes", "--folder", folder.Root);
        Assert.Contains("has expired", expired.Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        foreach (string file in (string[])[QsmpKeyFiles.Server1Private, QstpVectors.Set1("root_public_cert.qrr"), folder["none"]])
        {
            (await CommandHost.Run("key", "trust", file, "--yes", "--folder", folder.Root)).Expect(ExitCode.File);
        }

        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_key_is_removed_by_its_identity()
    {
        using TestFolder folder = new();
        folder.Copy(QsmpKeyFiles.Sender1Public, "bob.qpkey");
        folder.Copy(QsmpKeyFiles.Sender1Public, "bob-again.qpkey");
        folder.Copy(QsmpKeyFiles.Sender3Public, "carol.qpkey");
        string[] remove = ["key", "trust", "--folder", folder.Root, "--remove", QsmpKeyFiles.Sender1Identity.ToUpperInvariant()];
        CommandResult result = await CommandHost.Run(remove);
        Assert.Equal($"{folder["bob-again.qpkey"]}\n{folder["bob.qpkey"]}\n", result.Expect(ExitCode.Success).Output);
        Assert.Equal(["carol.qpkey"], folder.Names);
        Assert.Contains("There is no key", (await CommandHost.Run(remove)).Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("key", "trust")]
    [InlineData("key", "trust", "file", "--remove", QsmpKeyFiles.Sender1Identity)]
    [InlineData("key", "trust", "--remove", "*")]
    [InlineData("key", "trust", "--remove", "../../../../../../../../../../etc")]
    [InlineData("key", "trust", "file", "--name", "a/b")]
    [InlineData("key", "list", "--folder", "-")]
    public async Task Arguments_that_make_no_sense_are_refused(params string[] arguments) =>
        (await CommandHost.Run(arguments)).Expect(ExitCode.Usage);

    [Fact]
    public async Task List_shows_every_file_with_its_validity_and_fails_if_one_is_broken()
    {
        using TestFolder folder = new();
        folder.Copy(QsmpKeyFiles.Sender1Public, "bob.qpkey");
        folder.Copy(QsmpKeyFiles.Server1Public, "server.qpkey");
        folder.Write("notes.txt", "Remember the milk."u8);
        CommandResult good = await CommandHost.Run("key", "list", "--folder", folder.Root);
        string[] rows = [.. good.Expect(ExitCode.Success).Output.Split('\n').Where(line => line.Contains("qpkey", StringComparison.Ordinal))];
        Assert.Equal(2, rows.Length);
        Assert.Matches($@"bob\.qpkey +.* duplex +.* {QsmpKeyFiles.Sender1Identity} +.* 2027-11-21 22:52:13Z +.* valid", rows[0]);
        Assert.Contains("simplex", rows[1], StringComparison.Ordinal);

        folder.Write("broken[red].qpkey", "------BEGIN QSMD PUBLIC KEY BLOCK------\n"u8);
        CommandHost later = new() { Now = new DateTimeOffset(2028, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        CommandResult bad = await later.RunAsync("key", "list", "--folder", folder.Root);
        Assert.Contains("broken[red].qpkey", bad.Expect(ExitCode.File).Output, StringComparison.Ordinal);
        Assert.Equal(2, bad.Output.Split("expired").Length - 1);
        Assert.Contains("Line 2: expected 'Version:", bad.Error, StringComparison.Ordinal);

        CommandResult json = await CommandHost.Run("key", "list", "--folder", folder.Root, "--json");
        JsonElement files = json.Expect(ExitCode.File).Json.GetProperty("files");
        Assert.Equal(folder.Root, json.Json.GetProperty("folder").GetString());
        Assert.Equal(3, files.GetArrayLength());
        Assert.Equal(Fingerprint, files[0].GetProperty("report").GetProperty("fingerprint").GetString());
        Assert.StartsWith("Line 2:", files[1].GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_of_nothing_is_no_failure_unless_the_folder_was_named_and_is_missing()
    {
        using TestFolder folder = new();
        CommandResult none = await new CommandHost { ConfigurationFolder = folder["config"] }.RunAsync("key", "list", "--json");
        Assert.Equal(0, none.Expect(ExitCode.Success).Json.GetProperty("files").GetArrayLength());
        Assert.Contains("postern key trust", none.Error, StringComparison.Ordinal);
        (await CommandHost.Run("key", "list", "--folder", folder["none"])).Expect(ExitCode.File);
        (await CommandHost.Run("key", "list", "--folder", folder.Root)).Expect(ExitCode.Success);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_trust_folder_that_others_can_write_to_is_warned_about()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        using TestFolder folder = new();
        File.SetUnixFileMode(folder.Root, File.GetUnixFileMode(folder.Root) | UnixFileMode.GroupWrite);
        Assert.Contains("chmod go-w", (await CommandHost.Run("key", "list", "--folder", folder.Root)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("key", "generate")]
    [InlineData("key", "show")]
    [InlineData("key", "trust")]
    [InlineData("key", "list")]
    public async Task Help_has_examples(params string[] command)
    {
        CommandResult result = await CommandHost.Run([.. command, "--help"]);
        Assert.Contains($"postern {string.Join(' ', command)}", result.Expect(ExitCode.Success).Output.Split("Examples:")[1], StringComparison.Ordinal);
    }
}
