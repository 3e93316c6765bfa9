using System.Net;
using System.Text.Json;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary>From one root to the next, with the command alone: a server with a certificate of the old one, which gets a second one.</summary>
public sealed class RolloverTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    private string OldRoot => _folder["root/root_public_cert.qrr"];

    private string NewRoot => _folder["root2/root_public_cert.qrr"];

    private string Transition => _folder["root2/root_transition.qrt"];

    private string[] OldKey => ["--root-cert", OldRoot, "--root-key", _folder["root/root_secret_key.qsk"]];

    private string[] NewKey =>
        ["--root-cert", NewRoot, "--root-key", _folder["root2/root_secret_key.qsk"], "--inventory", _folder["root/root_inventory.db"]];

    public async ValueTask InitializeAsync()
    {
        await RunAsync("root", "create", "--name", "Old root", "--suite", "1", "--no-passphrase", "--out", _folder["root"]);
        await RunAsync(["root", "init", .. OldKey]);
        await CertifyAsync("old", OldKey);
        await RunAsync(["root", "roll", .. OldKey, "--name", "New root", "--out", _folder["root2"]]);
        await CertifyAsync("new", NewKey);
        await RunAsync("root", "accept", Transition, "--root-cert", OldRoot, "--out", _folder["accepted.qrr"]);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Clients_of_the_old_root_of_both_and_of_the_new_one_are_all_served()
    {
        Assert.Equal(await File.ReadAllBytesAsync(NewRoot), await File.ReadAllBytesAsync(_folder["accepted.qrr"]));
        await using PosternProcess serve = PosternProcess.Start(
        [
            "serve", "--listen", "127.0.0.1:0", "--root", OldRoot, "--root", NewRoot, .. Identity("old"), .. Identity("new"),
        ]);
        IPEndPoint address = await serve.ListeningAsync();
        string[] both = ["--root", OldRoot, "--root-cert", _folder["accepted.qrr"]];
        await ExpectServedAsync(address, ["--root", OldRoot, "--cert", Certificate("old")]);
        await ExpectServedAsync(address, [.. both, "--cert", Certificate("old")]);
        await ExpectServedAsync(address, [.. both, "--cert", Certificate("new")]);
        await ExpectServedAsync(address, ["--root", NewRoot, "--cert", Certificate("new")]);

        CommandResult refused = await CommandHost.Run("connect", $"{address}", "--root", OldRoot, "--cert", Certificate("new"));
        Assert.Contains("was signed by the root", refused.Error, StringComparison.Ordinal);
        await using PosternProcess held = PosternProcess.Run(["connect", $"{address}", .. both, "--cert", Certificate("new")]);
        await held.Input.WriteAsync("x\n"u8.ToArray());
        await held.Input.FlushAsync();
        await held.Output.ReadExactlyAsync(new byte[2]).AsTask().WaitAsync(Wire.Limit);
        await using PosternProcess status = PosternProcess.Run("status", "--json", "--pid", $"{serve.Id}");
        JsonElement channel = JsonDocument.Parse(await status.ExchangeAsync([])).RootElement[0].GetProperty("channels")[0];
        JsonElement shown = (await NowAsync("cert", "show", "--json", Certificate("new"))).Json;
        Assert.Equal(shown.GetProperty("serial").GetString(), channel.GetProperty("as").GetString());
    }

    [Fact]
    public async Task A_certificate_of_the_old_root_is_revoked_after_the_roll()
    {
        await RunAsync(["root", "revoke", Certificate("old"), "--reason", "superseded", .. OldKey]);
        Assert.Equal(ExitCode.Failed, (await NowAsync(["root", "revoke", Certificate("old"), "--reason", "superseded", .. NewKey])).ExitCode);
        await RunAsync(["root", "revocations", "--out", _folder["old.qrl"], .. OldKey]);
        await RunAsync(["root", "revocations", "--out", _folder["new.qrl"], .. NewKey]);
        string[] trust = ["--root", OldRoot, "--root", NewRoot, "--revocation-list", _folder["old.qrl"], "--revocation-list", _folder["new.qrl"]];
        CommandResult revoked = await NowAsync(["cert", "verify", .. trust, Certificate("old")]);
        Assert.Contains("(superseded)", revoked.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        (await NowAsync(["cert", "verify", .. trust, Certificate("new")])).Expect(ExitCode.Success);
        (await NowAsync(["cert", "verify", .. trust[..^2], Certificate("new")])).Expect(ExitCode.Usage);

        await using PosternProcess serve = PosternProcess.Start(["serve", "--listen", "127.0.0.1:0", .. trust, .. Identity("old"), .. Identity("new")]);
        IPEndPoint address = await serve.ListeningAsync();
        await ExpectServedAsync(address, [.. trust, "--cert", Certificate("new")]);
        await using PosternProcess refused = PosternProcess.Run(["connect", $"{address}", "--root", OldRoot, "--cert", Certificate("old")]);
        Assert.Equal(ExitCode.Channel, await refused.ExitAsync());
        foreach (string[] root in (string[][])[["--root-cert", OldRoot], [.. NewKey[..2], .. NewKey[4..]]])
        {
            JsonElement audit = (await NowAsync(["root", "audit", "--verify", "--json", .. root])).Expect(ExitCode.Success).Json;
            Assert.Equal((2, 2), (audit.GetProperty("roots").GetArrayLength(), audit.GetProperty("certificates").GetInt32()));
        }
    }

    [Fact]
    public async Task A_forged_transition_is_refused()
    {
        byte[] forged = await File.ReadAllBytesAsync(Transition);
        forged[^1] ^= 1;
        string path = _folder.Write("forged.qrt", forged);
        CommandResult refused = await NowAsync("root", "accept", path, "--root-cert", OldRoot, "--out", _folder["never.qrr"]);
        Assert.Contains("was not signed by the root", refused.Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        (await NowAsync("root", "accept", Transition, "--root-cert", NewRoot, "--out", _folder["never.qrr"])).Expect(ExitCode.Failed);
        (await NowAsync("root", "accept", OldRoot, "--root-cert", OldRoot, "--out", _folder["never.qrr"])).Expect(ExitCode.File);
        Assert.False(File.Exists(_folder["never.qrr"]));
    }

    [Fact]
    public async Task A_roll_that_broke_off_goes_on_with_the_files_that_are_there()
    {
        File.Delete(Transition);
        string[] again = ["root", "roll", .. OldKey, "--new-root-cert", NewRoot, "--new-root-key", NewKey[3], "--out", _folder["root2"]];
        await RunAsync(again);
        await RunAsync("root", "accept", Transition, "--root-cert", OldRoot, "--out", _folder["again.qrr"]);
        Assert.Contains("--force", (await NowAsync(again)).Expect(ExitCode.File).Error, StringComparison.Ordinal);
        (await NowAsync([.. again, "--name", "x", "--force"])).Expect(ExitCode.Usage);
        Assert.Equal("root transition", (await NowAsync("root", "show", "--json", Transition)).Expect(ExitCode.Success).Json.GetProperty("kind").GetString());
    }

    private static Task<CommandResult> NowAsync(params string[] arguments) => new CommandHost { Now = TimeProvider.System.GetUtcNow() }.RunAsync(arguments);

    private static async Task RunAsync(params string[] arguments) => (await NowAsync(arguments)).Expect(ExitCode.Success);

    private string Certificate(string name) => _folder[$"{name}/server_public_cert.qrc"];

    private string[] Identity(string name) => ["--cert", Certificate(name), "--key", _folder[$"{name}/server_secret_key.qsk"]];

    private async Task CertifyAsync(string name, string[] root)
    {
        await RunAsync("cert", "request", "--name", name, "--suite", "1", "--out", _folder[name]);
        await RunAsync(["root", "sign", "--yes", .. root, _folder[$"{name}/server_public_cert.unsigned.qrc"]]);
    }

    private static async Task ExpectServedAsync(IPEndPoint address, string[] options)
    {
        await using PosternProcess connect = PosternProcess.Run(["connect", $"{address}", .. options]);
        Assert.Equal("hello"u8.ToArray(), await connect.ExchangeAsync("hello"u8.ToArray()));
        Assert.True(await connect.ExitAsync() == ExitCode.Success, connect.Errors);
    }
}
