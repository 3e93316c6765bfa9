using System.Text;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests;

public class RootCreateTests
{
    private const string Certificate = "root_public_cert.qrr";
    private const string Key = "root_secret_key.qsk";

    [Theory]
    [InlineData("1", 3830, 3938)]
    [InlineData("level3", 5359, 6050)]
    [InlineData("dilithium-s5_kyber-s5_rcs-256_sha3-256", 7317, 7554)]
    public async Task Create_without_passphrase_writes_the_files_of_the_reference(string suite, int certificateSize, int keySize)
    {
        using TestFolder folder = new();
        CommandResult result = await CommandHost.Run("root", "create", "--name", "Test root", "--suite", suite, "--out", folder.Root, "--no-passphrase");
        result.Expect(ExitCode.Success);
        Assert.Equal([Certificate, Key], folder.Names);
        Assert.Equal(certificateSize, new FileInfo(folder[Certificate]).Length);
        Assert.Equal(keySize, new FileInfo(folder[Key]).Length);
        Assert.Contains("by itself, verifies", result.Output, StringComparison.Ordinal);
        Assert.Contains("postern cert request", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_lets_only_the_owner_read_the_key()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        using TestFolder folder = new();
        (await CommandHost.Run("root", "create", "--name", "r", "--suite", "1", "--out", folder.Root, "--no-passphrase")).Expect(ExitCode.Success);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[Key]));
    }

    [Fact]
    public async Task Create_without_a_terminal_says_how_to_give_a_passphrase_and_writes_nothing()
    {
        using TestFolder folder = new();
        CommandResult result = await CommandHost.Run("root", "create", "--name", "r", "--out", folder["new"]);
        result.Expect(ExitCode.Usage);
        Assert.Contains("--passphrase-file", result.Error, StringComparison.Ordinal);
        Assert.Contains("POSTERN_PASSPHRASE", result.Error, StringComparison.Ordinal);
        Assert.Contains("--no-passphrase", result.Error, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("neverInAnyPath\ntwo\n", "The two passphrases differ.")]
    [InlineData("\n\n", "The passphrase is empty.")]
    public async Task Create_at_a_terminal_refuses_two_different_or_empty_passphrases(string keys, string message)
    {
        using TestFolder folder = new();
        CommandResult result = await new CommandHost { Keys = keys }.RunAsync("root", "create", "--name", "r", "--suite", "1", "--out", folder.Root);
        result.Expect(ExitCode.Usage);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("neverInAnyPath", result.Error, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_passphrase_typed_twice_opens_the_key_from_a_file_from_stdin_and_from_the_environment()
    {
        using TestFolder folder = new();
        CommandHost person = new() { Keys = "pass phräse\npass phräse\n" };
        (await person.RunAsync("root", "create", "--name", "r", "--suite", "1", "--out", folder.Root)).Expect(ExitCode.Success);

        string passphrase = folder.Write("pass", "pass phräse\r\nignored\n"u8);
        CommandResult fromFile = await CommandHost.Run("root", "show", folder[Key], "--passphrase-file", passphrase, "--json");
        Assert.Equal("root key", fromFile.Expect(ExitCode.Success).Json.GetProperty("kind").GetString());
        CommandResult fromInput = await new CommandHost { Input = "pass phräse"u8.ToArray() }.RunAsync("root", "show", folder[Key], "--passphrase-file", "-");
        Assert.Contains("root key", fromInput.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        CommandResult fromEnvironment = await new CommandHost { Passphrase = "pass phräse" }.RunAsync("root", "show", folder[Key]);
        Assert.Contains("root key", fromEnvironment.Expect(ExitCode.Success).Output, StringComparison.Ordinal);

        CommandResult wrong = await new CommandHost { Passphrase = "pass phrase" }.RunAsync("root", "show", folder[Key]);
        wrong.Expect(ExitCode.File);
        Assert.Contains("The passphrase is wrong", wrong.Error, StringComparison.Ordinal);
        CommandResult unopened = await CommandHost.Run("root", "show", folder[Key]);
        Assert.Contains("key under a passphrase", unopened.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_replaces_nothing_unless_forced()
    {
        using TestFolder folder = new();
        folder.Write(Certificate, "mine"u8);
        string[] create = ["root", "create", "--name", "r", "--suite", "1", "--out", folder.Root, "--no-passphrase"];
        CommandResult refused = await CommandHost.Run(create);
        refused.Expect(ExitCode.File);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal([Certificate], folder.Names);
        Assert.Equal("mine", await File.ReadAllTextAsync(folder[Certificate], TestContext.Current.CancellationToken));

        (await CommandHost.Run([.. create, "--force"])).Expect(ExitCode.Success);
        Assert.Equal([Certificate, Key], folder.Names);
        Assert.Equal(3830, new FileInfo(folder[Certificate]).Length);
    }

    [Fact]
    public void A_write_that_fails_leaves_nothing()
    {
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["busy"]);
        byte[] data = Encoding.ASCII.GetBytes("content");
        Assert.ThrowsAny<SystemException>(
            () => Postern.Cli.Files.OutputFiles.WritePair(folder["key"], data, folder["busy"], data, force: true));
        Assert.Equal(["busy"], folder.Names);
    }

    [Theory]
    [InlineData("--days", "0")]
    [InlineData("--days", "3661")]
    [InlineData("--days", "-5")]
    [InlineData("--days", "99999999999")]
    [InlineData("--force", "--json=x")]
    [InlineData("--no-passphrase", "--passphrase-file=x")]
    [InlineData("--suite", "15")]
    [InlineData("--suite", "level2")]
    [InlineData("--name", "umläut")]
    [InlineData("--name", "a name that is longer than thirty-two characters")]
    [InlineData("--out", "-")]
    public async Task Create_refuses_arguments_that_make_no_sense(string option, string value)
    {
        using TestFolder folder = new();
        string[] arguments = option == "--name" ? [] : ["--name", "r"];
        string[] target = option == "--out" ? [] : ["--out", folder.Root];
        CommandResult result = await CommandHost.Run(["root", "create", "--no-passphrase", .. arguments, .. target, option, value]);
        result.Expect(ExitCode.Usage);
        Assert.DoesNotContain("Parameter", result.Error, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Json_of_a_new_root_has_what_people_compare()
    {
        using TestFolder folder = new();
        CommandResult result = await CommandHost.Run(
            "root", "create", "--name", "r", "--days", "10", "--out", folder.Root, "--no-passphrase", "--json");
        System.Text.Json.JsonElement json = result.Expect(ExitCode.Success).Json;
        Assert.Equal(64, json.GetProperty("fingerprint").GetString()!.Length);
        Assert.Equal(32, json.GetProperty("serial").GetString()!.Length);
        Assert.True(json.GetProperty("isSignatureValid").GetBoolean());
        Assert.Equal(CommandHost.VectorTime.AddDays(10), json.GetProperty("validTo").GetDateTimeOffset());
    }
}
