using System.Text.Json;
using Postern.Cli;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;
using Postern.Qsmp;

namespace Postern.EndToEnd.Tests.Commands;

public class KeyGenerateTests
{
    [Theory]
    [InlineData("simplex", "level1", "server", 3930, 2001)]
    [InlineData("duplex", "dilithium-s3_kyber-s3_sha3_rcs256", "peer", 6042, 2866)]
    public async Task Generate_without_passphrase_writes_the_files_of_the_reference(string mode, string suite, string name, int secretSize, int publicSize)
    {
        using TestFolder folder = new();
        CommandResult result = await CommandHost.Run(
            "key", "generate", "--mode", mode, "--suite", suite, "--days", "10", "--out", folder["new"], "--no-passphrase", "--json");
        JsonElement json = result.Expect(ExitCode.Success).Json;
        string secretFile = Path.Combine("new", $"{name}_secret_key.qskey");
        string publicFile = Path.Combine("new", $"{name}_public_key.qpkey");
        Assert.Equal(["new", publicFile, secretFile], folder.Names);
        using QsmpPrivateKey key = QsmpPrivateKey.Parse(await File.ReadAllBytesAsync(folder[secretFile], TestContext.Current.CancellationToken));
        byte[] publicBytes = await File.ReadAllBytesAsync(folder[publicFile], TestContext.Current.CancellationToken);
        Assert.Equal(secretSize, new FileInfo(folder[secretFile]).Length);
        Assert.Equal(publicSize, publicBytes.Length);
        Assert.Equal(key.GetPublicKey(QsmpPublicKey.Parse(publicBytes).Mode).ToBytes(), publicBytes);
        Assert.Equal($"{mode.ToUpperInvariant()} public key", json.GetProperty("kind").GetString());
        Assert.Equal(mode, json.GetProperty("mode").GetString());
        Assert.Equal(key.KeyIdentity, json.GetProperty("keyIdentity").GetString());
        Assert.Equal(key.Fingerprint, json.GetProperty("fingerprint").GetString());
        Assert.Equal(CommandHost.VectorTime.AddDays(10), json.GetProperty("validTo").GetDateTimeOffset());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[secretFile]));
    }

    [Fact]
    public async Task A_passphrase_protects_the_key_by_default_and_opens_it_again()
    {
        using TestFolder folder = new();
        CommandHost person = new() { Keys = "secret\nsecret\n" };
        CommandResult made = await person.RunAsync("key", "generate", "--suite", "level1", "--name", "alice", "--out", folder.Root);
        made.Expect(ExitCode.Success);
        string path = folder["alice_secret_key.qskey"];
        CommandResult closed = await CommandHost.Run("key", "show", path);
        Assert.Contains("key under a passphrase", closed.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        CommandResult open = await new CommandHost { Passphrase = "secret" }.RunAsync("key", "show", "--json", path);
        CommandResult publicKey = await CommandHost.Run("key", "show", "--json", folder["alice_public_key.qpkey"]);
        Assert.Equal("QSMP private key", open.Expect(ExitCode.Success).Json.GetProperty("kind").GetString());
        Assert.Equal(
            publicKey.Expect(ExitCode.Success).Json.GetProperty("fingerprint").GetString(), open.Json.GetProperty("fingerprint").GetString());
        CommandResult wrong = await new CommandHost { Passphrase = "Secret" }.RunAsync("key", "show", path);
        Assert.Contains("The passphrase is wrong", wrong.Expect(ExitCode.File).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_without_a_terminal_says_how_to_give_a_passphrase_and_writes_nothing()
    {
        using TestFolder folder = new();
        CommandResult result = await CommandHost.Run("key", "generate", "--suite", "level1", "--out", folder["new"]);
        Assert.Contains("--no-passphrase", result.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Generate_replaces_nothing_unless_forced()
    {
        using TestFolder folder = new();
        folder.Write("server_public_key.qpkey", "mine"u8);
        string[] generate = ["key", "generate", "--suite", "level1", "--out", folder.Root, "--no-passphrase"];
        Assert.Contains("--force", (await CommandHost.Run(generate)).Expect(ExitCode.File).Error, StringComparison.Ordinal);
        Assert.Equal(["server_public_key.qpkey"], folder.Names);
        (await CommandHost.Run([.. generate, "--force"])).Expect(ExitCode.Success);
        Assert.Equal(["server_public_key.qpkey", "server_secret_key.qskey"], folder.Names);
    }

    [Theory]
    [InlineData("--mode", "triplex")]
    [InlineData("--suite", "level2")]
    [InlineData("--suite", "dilithium-s1_kyber-s1_rcs-256_sha3-256")]
    [InlineData("--days", "0")]
    [InlineData("--days", "731")]
    [InlineData("--name", "../up")]
    [InlineData("--name", ".hidden")]
    [InlineData("--name", "")]
    [InlineData("--out", "-")]
    [InlineData("--force", "--passphrase-file=x")]
    public async Task Generate_refuses_arguments_that_make_no_sense(string option, string value)
    {
        using TestFolder folder = new();
        string[] target = option == "--out" ? [] : ["--out", folder.Root];
        CommandResult result = await CommandHost.Run(["key", "generate", "--no-passphrase", .. target, option, value]);
        result.Expect(ExitCode.Usage);
        Assert.DoesNotContain("Parameter", result.Error, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("cert")]
    [InlineData("root")]
    public async Task Show_recognises_the_key_files_of_the_reference(string parent)
    {
        using TestFolder folder = new();
        CommandResult publicKey = await CommandHost.Run(parent, "show", QsmpKeyFiles.Server1Public);
        Assert.Contains("SIMPLEX public key", publicKey.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("  identity     db0d3ff08ffbf96a338d016b22e1c9c7\n", publicKey.Output, StringComparison.Ordinal);
        Assert.Contains("  set          dilithium-s1_kyber-s1_sha3_rcs256\n", publicKey.Output, StringComparison.Ordinal);
        Assert.Contains("  valid to     2027-11-21 22:52:13Z (valid)\n", publicKey.Output, StringComparison.Ordinal);
        CommandResult peer = await CommandHost.Run(parent, "show", QsmpKeyFiles.Sender1Public);
        Assert.Contains("DUPLEX public key", peer.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        CommandResult secret = await CommandHost.Run(parent, "show", "--json", QsmpKeyFiles.Server1Private);
        Assert.Equal("QSMP private key", secret.Expect(ExitCode.Success).Json.GetProperty("kind").GetString());
        CommandResult other = await CommandHost.Run(parent, "show", QsmpKeyFiles.McElieceServerPrivate);
        Assert.Contains("dilithium-s1_mceliece-s1_sha3_rcs", other.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_names_a_set_that_it_does_not_know()
    {
        using TestFolder folder = new();
        byte[] file = await File.ReadAllBytesAsync(QsmpKeyFiles.Server1Private, TestContext.Current.CancellationToken);
        "falcon-s5_kyber-s5_sha3_rcs256___"u8.CopyTo(file);
        CommandResult result = await CommandHost.Run("key", "show", folder.Write("k.qskey", file));
        Assert.Contains("'falcon-s5_kyber-s5_sha3_rcs256___'", result.Expect(ExitCode.File).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_text_prints_the_public_key_without_its_zero_byte_and_reads_it_from_stdin()
    {
        byte[] file = await File.ReadAllBytesAsync(QsmpKeyFiles.Server1Public, TestContext.Current.CancellationToken);
        CommandResult result = await new CommandHost { Input = file }.RunAsync("key", "show", "--text", "-");
        Assert.Equal(file[..^1], System.Text.Encoding.ASCII.GetBytes(result.Expect(ExitCode.Success).Output));
        CommandResult secret = await CommandHost.Run("key", "show", "--text", QsmpKeyFiles.Server1Private);
        Assert.Empty(secret.Expect(ExitCode.File).Output);
    }

    [Fact]
    public async Task Show_names_the_line_that_is_wrong_and_says_when_a_key_has_expired()
    {
        using TestFolder folder = new();
        string text = await File.ReadAllTextAsync(QsmpKeyFiles.Server1Public, TestContext.Current.CancellationToken);
        string path = folder.Write("k.qpkey", System.Text.Encoding.ASCII.GetBytes(text.Replace("Host ID: d", "Host ID: D", StringComparison.Ordinal)));
        Assert.Contains("Line 4:", (await CommandHost.Run("key", "show", path)).Expect(ExitCode.File).Error, StringComparison.Ordinal);
        CommandHost later = new() { Now = new DateTimeOffset(2027, 11, 21, 22, 52, 14, TimeSpan.Zero) };
        Assert.Contains("(expired)", (await later.RunAsync("key", "show", QsmpKeyFiles.Server1Public)).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        CommandHost inTime = new() { Now = later.Now.AddSeconds(-1) };
        Assert.Contains("(valid)", (await inTime.RunAsync("key", "show", QsmpKeyFiles.Server1Public)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_load_keys_of_the_right_kind_only()
    {
        using StringWriter messages = new();
        CommandTerminal terminal = new(messages, messages, Stream.Null, Stream.Null, isInteractive: false);
        KeyFiles files = new(terminal);
        PassphraseSource passphrases = new(terminal, null);
        using QsmpPrivateKey key = files.LoadQsmpPrivateKey(QsmpKeyFiles.Server1Private, passphrases);
        Assert.Equal(files.LoadQsmpPublicKey(QsmpKeyFiles.Server1Public).Fingerprint, key.Fingerprint);
        CommandException wrong = Assert.Throws<CommandException>(() => files.LoadQsmpPrivateKey(QsmpKeyFiles.Server1Public, passphrases));
        Assert.EndsWith("is a SIMPLEX public key, not a private key of QSMP.", wrong.Message, StringComparison.Ordinal);
        wrong = Assert.Throws<CommandException>(() => files.LoadQsmpPublicKey(QsmpKeyFiles.Server1Private));
        Assert.EndsWith("is a QSMP private key, not a public key of QSMP.", wrong.Message, StringComparison.Ordinal);
        wrong = Assert.Throws<CommandException>(() => files.LoadServerKey(QsmpKeyFiles.Server1Private, passphrases));
        Assert.EndsWith("is a QSMP private key, not a server key.", wrong.Message, StringComparison.Ordinal);
    }
}
