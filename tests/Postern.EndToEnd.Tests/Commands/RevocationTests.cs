using System.Net;
using System.Text.Json;
using Postern.Authority.Records;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary>A revocation, from the root's command to connections that end, with every part a process of its own.</summary>
public sealed class RevocationTests : IDisposable
{
    private readonly TestInventory _test = new(clock: TimeProvider.System);
    private readonly string _serial;

    public RevocationTests()
    {
        using ServerKey key = ServerKey.Generate(_test.Root.Suite, "server", TimeSpan.FromDays(30));
        CertificateRecord record = _test.Inventory.Issue(key.CreateRequest(), _test.Key.SignCertificate(key.CreateRequest()), _test.Key);
        _serial = record.Serial;
        _test.Folder.Write("server.qrc", record.Certificate.Span);
        using Cryptography.SecretBytes secret = key.ToSecretBytes();
        AtomicFile.WriteSecret(_test.Folder["server.qsk"], secret.Span);
    }

    private string List => _test.Folder["root.qrl"];

    private string[] Client => ["--root", _test.RootArguments[1], "--cert", _test.Folder["server.qrc"]];

    private string[] Live => ["--revocation-list", List, "--revocation-refresh", "1s"];

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_client_that_knows_the_list_ends_its_session_and_dials_no_more()
    {
        await PublishAsync();
        await using PosternProcess serve = Serve();
        IPEndPoint address = await serve.ListeningAsync();
        await using PosternProcess connect = PosternProcess.Run(["connect", $"{address}", .. Client, .. Live, "--revocation-cache", _test.Folder["cache"]]);
        await EchoAsync(connect);
        File.Copy(List, _test.Folder["old.qrl"]);
        await RevokeAsync();
        Assert.Equal(ExitCode.Channel, await connect.ExitAsync());
        Assert.Contains($"The certificate {_serial} was revoked on ", connect.Errors, StringComparison.Ordinal);

        await ExpectRefusedAsync(address, [.. Live]);
        await ExpectRefusedAsync(address, ["--revocation-list", _test.Folder["old.qrl"], "--revocation-cache", _test.Folder["cache"]]);
    }

    [Fact]
    public async Task A_server_that_knows_the_list_ends_its_sessions_and_refuses_new_ones()
    {
        await PublishAsync();
        await using PosternProcess serve = Serve([.. Live, "--verbose"]);
        IPEndPoint address = await serve.ListeningAsync();
        await using PosternProcess connect = PosternProcess.Run(["connect", $"{address}", .. Client]);
        await EchoAsync(connect);
        Assert.Equal(1, (await StatusAsync(serve)).GetProperty("number").GetInt64());
        await RevokeAsync();
        Assert.Equal(ExitCode.Channel, await connect.ExitAsync());
        Assert.Contains("error code 0x0E (certificate or key expired, or revoked)", connect.Errors, StringComparison.Ordinal);
        await Until.TrueAsync(() => serve.Errors.Contains("CertificateRevoked", StringComparison.Ordinal), "it is logged");
        Assert.Contains($"error   The certificate {_serial} of this server was revoked on ", serve.Errors, StringComparison.Ordinal);
        Assert.Contains("error   All certificates of this server are revoked or have ended: it serves nobody", serve.Errors, StringComparison.Ordinal);

        await using PosternProcess again = PosternProcess.Run(["connect", $"{address}", .. Client]);
        Assert.Equal(ExitCode.Channel, await again.ExitAsync());
        Assert.Contains("certificate or key expired, or revoked", again.Errors, StringComparison.Ordinal);
        JsonElement status = await StatusAsync(serve);
        Assert.Equal((2, 1), (status.GetProperty("number").GetInt64(), status.GetProperty("entries").GetInt32()));
        await using PosternProcess text = PosternProcess.Run("status", "--pid", $"{serve.Id}");
        Assert.Contains("revocation list 2, ", System.Text.Encoding.UTF8.GetString(await text.ExchangeAsync([])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_list_nobody_is_dialled_unless_that_is_said()
    {
        await using PosternProcess serve = Serve();
        IPEndPoint address = await serve.ListeningAsync();
        await using PosternProcess refused = PosternProcess.Run(["connect", $"{address}", .. Client, "--revocation-list", List]);
        Assert.Equal(ExitCode.Channel, await refused.ExitAsync());
        Assert.Contains("there is no list yet", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("--revocation-stale warn", refused.Errors, StringComparison.Ordinal);
        await using PosternProcess warned = PosternProcess.Run(["connect", $"{address}", .. Client, "--revocation-list", List, "--revocation-stale", "warn"]);
        Assert.Equal("hello"u8.ToArray(), await warned.ExchangeAsync("hello"u8.ToArray()));
        Assert.Equal(ExitCode.Success, await warned.ExitAsync());
        Assert.Contains("There is no current revocation list", warned.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_comes_from_a_web_server()
    {
        await PublishAsync();
        await using HttpTarget web = await HttpTarget.StartAsync(_test.Folder.Root, IPAddress.Loopback);
        string[] list = ["--revocation-list", $"http://{web.EndPoint}/root.qrl"];
        await using PosternProcess serve = Serve(list);
        await using PosternProcess connect = PosternProcess.Run(["connect", $"{await serve.ListeningAsync()}", .. Client, .. list]);
        Assert.Equal("hello"u8.ToArray(), await connect.ExchangeAsync("hello"u8.ToArray()));
        Assert.Equal(ExitCode.Success, await connect.ExitAsync());
    }

    private static async Task EchoAsync(PosternProcess connect)
    {
        await connect.Input.WriteAsync("hello\n"u8.ToArray());
        await connect.Input.FlushAsync();
        await connect.Output.ReadExactlyAsync(new byte[6]).AsTask().WaitAsync(Wire.Limit);
    }

    private static async Task<JsonElement> StatusAsync(PosternProcess process)
    {
        await using PosternProcess status = PosternProcess.Run("status", "--json", "--pid", $"{process.Id}");
        return JsonDocument.Parse(await status.ExchangeAsync([])).RootElement[0].GetProperty("revocation");
    }

    private async Task ExpectRefusedAsync(IPEndPoint address, string[] options)
    {
        await using PosternProcess connect = PosternProcess.Run(["connect", $"{address}", .. Client, .. options]);
        Assert.Equal(ExitCode.Failed, await connect.ExitAsync());
        Assert.Contains("was revoked on ", connect.Errors, StringComparison.Ordinal);
        Assert.Contains("(key-compromise)", connect.Errors, StringComparison.Ordinal);
    }

    private PosternProcess Serve(params string[] more) =>
        PosternProcess.Start(["serve", "--listen", "127.0.0.1:0", .. Client, "--key", _test.Folder["server.qsk"], .. more]);

    private async Task RevokeAsync()
    {
        await using PosternProcess revoke = PosternProcess.Run(["root", "revoke", _serial, "--reason", "key-compromise", .. _test.KeyArguments]);
        Assert.Equal(ExitCode.Success, await revoke.ExitAsync());
        await PublishAsync("--force");
    }

    private async Task PublishAsync(params string[] more)
    {
        await using PosternProcess publish = PosternProcess.Run(["root", "revocations", "--out", List, .. _test.KeyArguments, .. more]);
        Assert.True(await publish.ExitAsync() == ExitCode.Success, publish.Errors);
    }
}
