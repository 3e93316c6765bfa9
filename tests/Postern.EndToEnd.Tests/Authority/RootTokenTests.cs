using System.Text;
using Postern.Cli;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

public class RootTokenTests
{
    [Fact]
    public async Task A_root_under_a_tokens_key_signs_renews_revokes_and_publishes()
    {
        using SoftTokens tokens = SoftTokens.Require();
        CommandResult created = (await tokens.CreateRootAsync("--pkcs11-key", "first")).Expect(ExitCode.Success);
        Assert.Contains("The key 'first' was made in the token 'Root HSM'", created.Error, StringComparison.Ordinal);
        CommandResult shown = (await tokens.RunAsync("root", "show", tokens.Key, "--json")).Expect(ExitCode.Success);
        Assert.Equal("key under a token's key", shown.Json.GetProperty("kind").GetString());
        Assert.Equal("first", shown.Json.GetProperty("tokenKey").GetString());
        Assert.Contains(shown.Json.GetProperty("tokenSerial").GetString()!, created.Error, StringComparison.Ordinal);

        (await tokens.RunAsync(["root", "init", .. tokens.KeyArguments])).Expect(ExitCode.Success);
        string request = await RequestAsync(tokens);
        string signed = tokens.Folder["server.qrc"];
        (await tokens.RunAsync(["root", "sign", request, "--yes", "--out", signed, .. tokens.KeyArguments])).Expect(ExitCode.Success);
        (await tokens.RunAsync(["root", "renew", signed, "--out", signed, "--force", .. tokens.KeyArguments])).Expect(ExitCode.Success);
        (await tokens.RunAsync("cert", "verify", "--root", tokens.CertificateArguments[1], signed)).Expect(ExitCode.Success);
        (await tokens.RunAsync(["root", "revoke", signed, "--reason", "cessation", .. tokens.KeyArguments])).Expect(ExitCode.Success);
        (await tokens.RunAsync(["root", "revocations", "--out", tokens.Folder["list"], .. tokens.KeyArguments])).Expect(ExitCode.Success);
        (await tokens.RunAsync(["root", "audit", "--verify", .. tokens.CertificateArguments])).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task A_key_that_is_in_the_token_is_used_and_not_made_again()
    {
        using SoftTokens tokens = SoftTokens.Require();
        (await tokens.CreateRootAsync()).Expect(ExitCode.Success);
        CommandResult again = (await tokens.CreateRootAsync("--force")).Expect(ExitCode.Success);
        Assert.DoesNotContain("was made", again.Error, StringComparison.Ordinal);
        Assert.Single(tokens.KeyFiles());
        await ExpectInitAsync(tokens, ExitCode.Success, string.Empty);
    }

    [Fact]
    public async Task The_module_and_the_pin_come_from_options_as_well_and_a_pin_is_needed()
    {
        using SoftTokens tokens = SoftTokens.Require();
        tokens.Environment[TokenAccess.Variable] = string.Empty;
        tokens.Environment[PinSource.Variable] = string.Empty;
        CommandResult withoutModule = (await tokens.CreateRootAsync()).Expect(ExitCode.Usage);
        Assert.Contains("--pkcs11-module", withoutModule.Error, StringComparison.Ordinal);
        CommandResult withoutPin = (await tokens.CreateRootAsync("--pkcs11-module", tokens.Module)).Expect(ExitCode.Usage);
        Assert.Contains("--pin-file", withoutPin.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(tokens.Folder["root"]));

        string[] access = ["--pkcs11-module", tokens.Module, "--pin-file", tokens.Folder.Write("pin", Encoding.UTF8.GetBytes($"{SoftTokens.Pin}\n"))];
        (await tokens.CreateRootAsync(access)).Expect(ExitCode.Success);
        CommandResult silent = (await tokens.RunAsync(["root", "init", .. tokens.KeyArguments])).Expect(ExitCode.Usage);
        Assert.Contains("--pkcs11-module", silent.Error, StringComparison.Ordinal);
        (await tokens.RunAsync(["root", "init", .. tokens.KeyArguments, .. access])).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task A_wrong_pin_is_said_and_nothing_is_written()
    {
        using SoftTokens tokens = SoftTokens.Require();
        tokens.Environment[PinSource.Variable] = "wrong one";
        CommandResult refused = (await tokens.CreateRootAsync()).Expect(ExitCode.File);
        Assert.Contains("The PIN is not right", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong one", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(tokens.Folder["root"]));

        tokens.Environment[PinSource.Variable] = SoftTokens.Pin;
        (await tokens.CreateRootAsync()).Expect(ExitCode.Success);
        tokens.Environment[PinSource.Variable] = "wrong one";
        await ExpectInitAsync(tokens, ExitCode.File, "The PIN is not right");
    }

    [Fact]
    public async Task A_token_that_is_not_there_and_another_one_of_the_same_label_are_told_apart()
    {
        using SoftTokens tokens = SoftTokens.Require();
        (await tokens.CreateRootAsync()).Expect(ExitCode.Success);
        tokens.RemoveAll();
        await ExpectInitAsync(tokens, ExitCode.File, "There is no token 'Root HSM' with the serial number");
        tokens.Add();
        await ExpectInitAsync(tokens, ExitCode.File, "the key is in another one");
        tokens.Add();
        CommandResult ambiguous = (await tokens.CreateRootAsync("--force")).Expect(ExitCode.File);
        Assert.Contains("There are 2 tokens 'Root HSM'", ambiguous.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_gone_from_the_token_or_there_twice_is_said()
    {
        using SoftTokens tokens = SoftTokens.Require();
        (await tokens.CreateRootAsync()).Expect(ExitCode.Success);
        string file = Assert.Single(tokens.KeyFiles());
        string twin = Path.Combine(Path.GetDirectoryName(file)!, "00000000-0000-0000-0000-000000000001.object");
        File.Copy(file, twin);
        await ExpectInitAsync(tokens, ExitCode.File, "There are several AES keys 'postern-root'");
        File.Delete(twin);
        File.Delete(file);
        await ExpectInitAsync(tokens, ExitCode.File, "There is no AES key 'postern-root' in the token");
    }

    [Fact]
    public async Task Another_key_that_has_taken_the_label_does_not_open_it()
    {
        using SoftTokens tokens = SoftTokens.Require();
        (await tokens.CreateRootAsync()).Expect(ExitCode.Success);
        string other = tokens.Folder.Copy(tokens.Key, "other.qsk");
        File.Delete(Assert.Single(tokens.KeyFiles()));
        (await tokens.CreateRootAsync("--force")).Expect(ExitCode.Success);
        CommandResult result = (await tokens.RunAsync(["root", "init", .. tokens.CertificateArguments, "--root-key", other])).Expect(ExitCode.File);
        Assert.Contains("does not open it", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_was_altered_does_not_open()
    {
        using SoftTokens tokens = SoftTokens.Require();
        (await tokens.CreateRootAsync()).Expect(ExitCode.Success);
        byte[] data = await File.ReadAllBytesAsync(tokens.Key, TestContext.Current.CancellationToken);
        // The wrapped key, behind 8 bytes, three names and a nonce; then the key file.
        int wrapped = 8 + 1 + SoftTokens.Label.Length + 1 + 16 + 1 + "postern-root".Length + 12;
        await ExpectAltered(wrapped, "does not open it");
        await ExpectAltered(data.Length - 1, "The key file was altered");

        async Task ExpectAltered(int position, string message)
        {
            byte[] altered = [.. data];
            altered[position] ^= 1;
            tokens.Folder.Write("root/root_secret_key.qsk", altered);
            await ExpectInitAsync(tokens, ExitCode.File, message);
        }
    }

    [Fact]
    public async Task A_key_that_has_not_256_bits_is_not_used()
    {
        using SoftTokens tokens = SoftTokens.Require();
        tokens.Import("short", new byte[16]);
        CommandResult result = (await tokens.CreateRootAsync("--pkcs11-key", "short")).Expect(ExitCode.File);
        Assert.Contains("has not the 256 bits", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(tokens.Folder["root"]));
    }

    [Fact]
    public async Task What_is_no_module_is_said()
    {
        using SoftTokens tokens = SoftTokens.Require();
        tokens.Environment[TokenAccess.Variable] = tokens.Folder["nowhere.so"];
        CommandResult absent = (await tokens.CreateRootAsync()).Expect(ExitCode.File);
        Assert.Contains("nowhere.so is not there", absent.Error, StringComparison.Ordinal);
        tokens.Environment[TokenAccess.Variable] = tokens.Folder.Write("text.so", "no library"u8);
        CommandResult text = (await tokens.CreateRootAsync()).Expect(ExitCode.File);
        Assert.Contains("cannot be loaded as a PKCS#11 module", text.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protect_moves_a_key_from_a_passphrase_to_a_token_and_back()
    {
        using SoftTokens tokens = SoftTokens.Require();
        string first = tokens.Folder.Write("first", "first one\n"u8);
        string second = tokens.Folder.Write("second", "second one\n"u8);
        (await tokens.RunAsync("root", "create", "--name", "r", "--suite", "1", "--out", tokens.Folder["root"], "--passphrase-file", first)).Expect(ExitCode.Success);
        (await tokens.RunAsync("root", "protect", "--root-key", tokens.Key, "--passphrase-file", first, "--pkcs11-token", SoftTokens.Label)).Expect(ExitCode.Success);
        await ExpectInitAsync(tokens, ExitCode.Success, string.Empty);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(tokens.Key));

        CommandResult undecided = (await tokens.RunAsync("root", "protect", "--root-key", tokens.Key)).Expect(ExitCode.Usage);
        Assert.Contains("--new-passphrase-file", undecided.Error, StringComparison.Ordinal);
        (await tokens.RunAsync("root", "protect", "--root-key", tokens.Key, "--new-passphrase-file", second)).Expect(ExitCode.Success);
        CommandResult shown = await tokens.RunAsync("root", "show", tokens.Key, "--passphrase-file", second, "--json");
        Assert.Equal("root key", shown.Expect(ExitCode.Success).Json.GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("--pkcs11-token", "a", "--no-passphrase")]
    [InlineData("--pkcs11-token", "a", "--passphrase-file=x")]
    [InlineData("--pkcs11-key", "a", "--json")]
    [InlineData("--pkcs11-key", "", "--pkcs11-token=a")]
    public async Task Create_refuses_what_makes_no_sense(string option, string value, string more)
    {
        using TestFolder folder = new();
        CommandResult result = (await CommandHost.Run("root", "create", "--name", "r", "--out", folder["root"], option, value, more)).Expect(ExitCode.Usage);
        Assert.Contains("--pkcs11", result.Error, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    private static async Task<string> RequestAsync(SoftTokens tokens)
    {
        (await tokens.RunAsync("cert", "request", "--name", "server", "--suite", "1", "--out", tokens.Folder["server"])).Expect(ExitCode.Success);
        return tokens.Folder["server/server_public_cert.unsigned.qrc"];
    }

    private static async Task ExpectInitAsync(SoftTokens tokens, int exitCode, string message)
    {
        CommandResult result = await tokens.RunAsync(["root", "init", .. tokens.KeyArguments]);
        Assert.Contains(message, result.Expect(exitCode).Error, StringComparison.Ordinal);
    }
}
