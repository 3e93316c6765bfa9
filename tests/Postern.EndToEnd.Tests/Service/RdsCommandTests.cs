using System.Net;
using System.Text;
using System.Text.Json;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>The life of a server with a certificate from the service, all of it by the command.</summary>
public sealed class RdsCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string RootFile => _folder["fetched.qrr"];

    private string ServiceCertificate => _folder["root/rds_public_cert.qrc"];

    private string AdminToken => _folder["root/rds_admin_token"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fetch_enrol_serve_renew_revoke()
    {
        await using PosternProcess service = await StartAsync();
        (IPEndPoint address, Uri published) = await AddressesAsync(service);
        await FetchAsync(published);
        string[] calling = ["--root", RootFile, "--service-cert", $"{published}"];
        string[] administering = ["--service", $"{address}", .. calling, "--admin-token-file", AdminToken];

        await RunAsync(ExitCode.Success, ["rds", "token", "--name", "*.example.org", "--days", "30", "--out", _folder["token"], .. administering]);
        string[] enroll = ["cert", "enroll", $"{address}", "--name", "web.example.org", "--token-file", _folder["token"], .. calling];
        await RunAsync(ExitCode.Success, [.. enroll, "--out", _folder["server"]]);
        Assert.Contains("used up", await RunAsync(ExitCode.Failed, [.. enroll, "--out", _folder["again"]]), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["server/server_secret_key.qsk"]));

        string certificate = _folder["server/server_public_cert.qrc"];
        string old = _folder["old.qrc"];
        File.Copy(certificate, old);
        string[] keys = ["--root", RootFile, "--cert", certificate, "--key", _folder["server/server_secret_key.qsk"]];
        await RunAsync(ExitCode.Success, ["cert", "renew", $"{address}", .. keys, "--service-cert", ServiceCertificate, "--out", _folder["by-hand"]]);

        await using PosternProcess serve = PosternProcess.Start(
            ["serve", "--listen", "127.0.0.1:0", .. keys, "--revocation-list", $"{published}revocations", "--revocation-refresh", "1s",
            "--renew-from", $"{address}", "--service-cert", $"{published}", "--renew-before", "1d"]);
        IPEndPoint server = await serve.ListeningAsync();
        await using PosternProcess live = PosternProcess.Run(["connect", $"{server}", "--root", RootFile, "--cert", old]);
        await EchoAsync(live);

        string revoked = await RunAsync(ExitCode.Success, ["rds", "revoke", old, "--reason", "key-compromise", .. administering]);
        Assert.Equal(2, JsonDocument.Parse(revoked[revoked.IndexOf('{', StringComparison.Ordinal)..]).RootElement.GetProperty("revoked").GetArrayLength());
        Assert.Equal(ExitCode.Channel, await live.ExitAsync());

        service.Terminate();
        Assert.Equal(ExitCode.Success, await service.ExitAsync());
        await RunAsync(ExitCode.Success, ["root", "audit", "--verify", "--root-cert", _folder["root/root_public_cert.qrr"]]);
    }

    [Fact]
    public async Task A_server_renews_by_itself_and_serves_both_certificates_also_after_a_restart()
    {
        await using PosternProcess service = await StartAsync();
        (IPEndPoint address, Uri published) = await AddressesAsync(service);
        await FetchAsync(published);
        string[] calling = ["--root", RootFile, "--service-cert", $"{published}"];
        string[] administering = ["--service", $"{address}", .. calling, "--admin-token-file", AdminToken];
        await RunAsync(ExitCode.Success, ["rds", "token", "--name", "*", "--days", "30", "--out", _folder["token"], .. administering]);
        await RunAsync(
            ExitCode.Success,
            ["cert", "enroll", $"{address}", "--name", "web", "--token-file", _folder["token"], .. calling, "--out", _folder["server"]]);
        string certificate = _folder["server/server_public_cert.qrc"];
        string old = _folder["old.qrc"];
        File.Copy(certificate, old);
        string[] serving =
        [
            "serve", "--listen", "127.0.0.1:0", "--root", RootFile, "--cert", certificate, "--key", _folder["server/server_secret_key.qsk"],
            "--renew-from", $"{address}", "--service-cert", $"{published}",
        ];
        await using (PosternProcess serve = PosternProcess.Start([.. serving, "--renew-before", "3000d"]))
        {
            await Until.TrueAsync(() => serve.Errors.Contains("is followed by", StringComparison.Ordinal), "the certificate is renewed");
            await ExpectServedAsync(await serve.ListeningAsync(), old, certificate);
        }

        Assert.NotEqual(await File.ReadAllBytesAsync(old), await File.ReadAllBytesAsync(certificate));
        await using PosternProcess restarted = PosternProcess.Start(serving);
        await ExpectServedAsync(await restarted.ListeningAsync(), old, certificate);
    }

    [Fact]
    public async Task A_request_by_hand_waits_until_it_is_approved()
    {
        await using PosternProcess service = await StartAsync();
        (IPEndPoint address, Uri published) = await AddressesAsync(service);
        await FetchAsync(published);
        string[] calling = ["--root", RootFile, "--service-cert", ServiceCertificate];
        string[] administering = ["--service", $"{address}", .. calling, "--admin-token-file", AdminToken];
        await using PosternProcess enroll = PosternProcess.Run(
            ["cert", "enroll", $"{address}", "--name", "web", "--wait", "--poll", "0.2", .. calling, "--out", _folder["server"]]);
        await Until.TrueAsync(() => enroll.Errors.Contains("waits for an administrator", StringComparison.Ordinal), "it was handed in");
        string waiting = await RunAsync(ExitCode.Success, ["rds", "requests", .. administering]);
        string id = JsonDocument.Parse(waiting).RootElement[0].GetProperty("id").GetString()!;
        await RunAsync(ExitCode.Success, ["rds", "approve", id, .. administering]);
        Assert.Equal(ExitCode.Success, await enroll.ExitAsync());
        Assert.Equal("web", ServerCertificate.Parse(await File.ReadAllBytesAsync(_folder["server/server_public_cert.qrc"])).Issuer);
    }

    [Fact]
    public async Task A_second_service_on_one_inventory_is_refused_until_the_first_has_ended()
    {
        await using PosternProcess first = await StartAsync();
        await first.ListeningAsync();
        Assert.Contains("Another 'rds serve'", await RunAsync(ExitCode.File, Serving), StringComparison.Ordinal);
        first.Kill();
        await first.ExitAsync();
        await using PosternProcess second = PosternProcess.Start(Serving);
        await second.ListeningAsync();
    }

    [Fact]
    public async Task The_service_warns_of_its_own_certificate_and_its_root()
    {
        await using PosternProcess service = await StartAsync("--warn-before", "3000d");
        await service.ListeningAsync();
        await Until.TrueAsync(() => service.Errors.Contains("Public part", StringComparison.Ordinal), "it runs");
        foreach (string what in (string[])["the root 'Test root'", "the certificate 'postern-rds'", "the key 'postern-rds'"])
        {
            Assert.Contains($"warning {what}", service.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SIGHUP_takes_new_times_for_lists_and_a_revoked_certificate_of_its_own_is_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        string configuration = _folder.Write("rds.json", """{ "next-update": "2d" }"""u8);
        await using PosternProcess service = await StartAsync("--config", configuration);
        (IPEndPoint address, Uri published) = await AddressesAsync(service);
        using HttpClient client = new() { BaseAddress = published };
        RevocationList first = await ListAsync(client);
        Assert.Equal(TimeSpan.FromDays(2), first.NextUpdate - first.IssuedAt);
        await File.WriteAllTextAsync(configuration, """{ "next-update": "3d" }""");
        service.Hangup();
        await service.SaysAsync("New connections go by what was read now");
        RevocationList second = await ListAsync(client);
        Assert.Equal(TimeSpan.FromDays(3), second.NextUpdate - second.IssuedAt);

        await File.WriteAllTextAsync(configuration, """{ "next-update": "never" }""");
        service.Hangup();
        await service.SaysAsync("rds.json:1:");
        Assert.Equal(second.NextUpdate - second.IssuedAt, (await ListAsync(client)).NextUpdate - (await ListAsync(client)).IssuedAt);

        await FetchAsync(published);
        byte[] old = await File.ReadAllBytesAsync(ServiceCertificate);
        await RunAsync(ExitCode.Success, ["rds", "revoke", ServiceCertificate, "--reason", "superseded", "--service", $"{address}", "--root", RootFile, "--service-cert", ServiceCertificate, "--admin-token-file", AdminToken]);
        await service.SaysAsync("own certificate is");
        byte[] renewed = await client.GetByteArrayAsync(new Uri("service", UriKind.Relative));
        Assert.NotEqual(old, renewed);
        Assert.Equal(renewed, await File.ReadAllBytesAsync(ServiceCertificate));
        await RunAsync(ExitCode.Success, ["rds", "requests", "--service", $"{address}", "--root", RootFile, "--service-cert", ServiceCertificate, "--admin-token-file", AdminToken]);
    }

    [Fact]
    public async Task The_log_has_the_path_that_was_called()
    {
        await using PosternProcess service = await StartAsync();
        (IPEndPoint address, Uri published) = await AddressesAsync(service);
        await FetchAsync(published);
        string[] administering = ["--service", $"{address}", "--root", RootFile, "--service-cert", $"{published}", "--admin-token-file", AdminToken];
        string id = new('A', 32);
        await RunAsync(ExitCode.Failed, ["rds", "approve", id, .. administering]);
        await Until.TrueAsync(() => service.Errors.Contains($"POST /requests/{id}/approve from 127.0.0.1 was refused", StringComparison.Ordinal), "the path is logged");
    }

    private static async Task<RevocationList> ListAsync(HttpClient client) =>
        RevocationList.Parse(await client.GetByteArrayAsync(new Uri("revocations", UriKind.Relative)));

    private static async Task EchoAsync(PosternProcess connect)
    {
        await connect.Input.WriteAsync("hello\n"u8.ToArray());
        await connect.Input.FlushAsync();
        await connect.Output.ReadExactlyAsync(new byte[6]).AsTask().WaitAsync(Wire.Limit);
    }

    /// <summary>Runs a command to its end; returns stdout, and stderr where it failed.</summary>
    private static async Task<string> RunAsync(int exitCode, string[] arguments)
    {
        await using PosternProcess process = PosternProcess.Run(arguments);
        string output = Encoding.UTF8.GetString(await process.ExchangeAsync([]));
        int actual = await process.ExitAsync();
        Assert.True(actual == exitCode, $"{arguments[0]} {arguments[1]}: exit code {actual}\n{output}\n{process.Errors}");
        return exitCode == ExitCode.Success ? output : process.Errors;
    }

    private static async Task<(IPEndPoint Address, Uri Published)> AddressesAsync(PosternProcess service)
    {
        IPEndPoint address = await service.ListeningAsync();
        const string Says = "Public part: ";
        await Until.TrueAsync(() => service.Errors.Contains(Says, StringComparison.Ordinal), "it says where its public part is");
        return (address, new Uri(service.Errors.Split(Says)[1].Split(',')[0]));
    }

    private string[] Keys => ["--root-cert", _folder["root/root_public_cert.qrr"], "--root-key", _folder["root/root_secret_key.qsk"]];

    private string[] Serving => ["rds", "serve", .. Keys, "--listen", "127.0.0.1:0", "--public-listen", "127.0.0.1:0", "--ui-listen", "127.0.0.1:0"];

    private async Task<PosternProcess> StartAsync(params string[] more)
    {
        string root = _folder["root"];
        await RunAsync(ExitCode.Success, ["root", "create", "--name", "Test root", "--no-passphrase", "--out", root]);
        await RunAsync(ExitCode.Success, ["root", "init", .. Keys]);
        return PosternProcess.Start([.. Serving, .. more]);
    }

    private async Task FetchAsync(Uri published)
    {
        string fingerprint = RootCertificate.Parse(await File.ReadAllBytesAsync(_folder["root/root_public_cert.qrr"])).Fingerprint;
        string wrong = (fingerprint[0] == '0' ? '1' : '0') + fingerprint[1..];
        await RunAsync(ExitCode.Failed, ["root", "fetch", $"{published}", "--fingerprint", wrong, "--out", RootFile]);
        await RunAsync(ExitCode.Usage, ["root", "fetch", $"{published}", "--out", RootFile]);
        Assert.False(File.Exists(RootFile));
        await RunAsync(ExitCode.Success, ["root", "fetch", $"{published}", "--fingerprint", fingerprint, "--out", RootFile]);
    }

    private async Task ExpectServedAsync(IPEndPoint server, params string[] certificates)
    {
        foreach (string certificate in certificates)
        {
            await using PosternProcess connect = PosternProcess.Run(["connect", $"{server}", "--root", RootFile, "--cert", certificate]);
            Assert.Equal("hello"u8.ToArray(), await connect.ExchangeAsync("hello"u8.ToArray()));
            Assert.Equal(ExitCode.Success, await connect.ExitAsync());
        }
    }
}
