using System.Text.Json;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary><c>postern posture</c>: a report for auditors.</summary>
public sealed class PostureTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_have_set_dates_mode_and_protection_and_the_summary_counts()
    {
        _folder.Copy(TestKeys.Default.RootFile, "root.qrr");
        _folder.Copy(TestKeys.Default.CertificateFile, "server.qrc");
        Secret(_folder.Copy(TestKeys.Default.KeyFile, "server.qsk"));
        JsonElement report = (await RunAsync(_folder.Root)).Expect(0).Json;
        Assert.Equal("postern-posture/1", report.GetProperty("format").GetString());
        JsonElement suite = Assert.Single(report.GetProperty("suites").EnumerateArray());
        Assert.Equal("QSTP", suite.GetProperty("suite").GetProperty("protocol").GetString());
        Assert.Equal(3, suite.GetProperty("files").GetArrayLength());

        JsonElement key = File(report, "server.qsk");
        Assert.Equal("server key", key.GetProperty("report").GetProperty("kind").GetString());
        Assert.Equal("none", key.GetProperty("protection").GetString());
        Assert.True(key.GetProperty("isSecret").GetBoolean());
        if (!OperatingSystem.IsWindows()) Assert.Equal("600", key.GetProperty("mode").GetString());
        Assert.True(key.GetProperty("daysLeft").GetDouble() > 0);
        Assert.False(File(report, "server.qrc").TryGetProperty("protection", out _));

        JsonElement summary = report.GetProperty("summary");
        Assert.Equal(1, summary.GetProperty("unprotectedKeys").GetInt32());
        Assert.Equal(0, summary.GetProperty("failures").GetInt32());
        Assert.Equal("RCS", Assert.Single(summary.GetProperty("nonStandardAlgorithms").EnumerateArray()).GetString());
        Assert.Equal(File(report, "server.qrc").GetProperty("report").GetProperty("validTo").GetDateTimeOffset(), summary.GetProperty("nextExpiry").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_key_under_a_passphrase_says_so_whether_it_was_opened_or_not()
    {
        (await new CommandHost { Now = TimeProvider.System.GetUtcNow(), Passphrase = PosternProcess.Passphrase }.RunAsync("root", "create", "--name", "Root", "--out", _folder.Root)).Expect(0);
        JsonElement shut = (await RunAsync(_folder.Root)).Expect(0).Json;
        Assert.Equal("passphrase", File(shut, ".qsk").GetProperty("protection").GetString());
        Assert.Equal(0, shut.GetProperty("summary").GetProperty("unprotectedKeys").GetInt32());

        JsonElement open = (await new CommandHost { Now = TimeProvider.System.GetUtcNow(), Passphrase = PosternProcess.Passphrase }.RunAsync("posture", "--no-processes", _folder.Root)).Expect(0).Json;
        Assert.Equal("passphrase", File(open, ".qsk").GetProperty("protection").GetString());
        Assert.Equal("root key", File(open, ".qsk").GetProperty("report").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_root_key_without_protection_is_found()
    {
        (await new CommandHost { Now = TimeProvider.System.GetUtcNow() }.RunAsync("root", "create", "--name", "Root", "--out", _folder.Root, "--no-passphrase")).Expect(0);
        JsonElement report = (await RunAsync("--strict", _folder.Root)).Expect(1).Json;
        Assert.Contains(Findings(report), finding => finding.Contains("a root key that no passphrase and no token protects", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Services_have_their_settings_with_where_they_are_from_and_what_is_unsafe()
    {
        _folder.Write("tunnels.json", System.Text.Encoding.UTF8.GetBytes(
            $$"""
            { "unsafe-admin-listen": true, "admin-listen": "0.0.0.0:9090",
              "tunnels": [ { "name": "web", "command": "expose", "to": "127.0.0.1:80", "idle-timeout": 60, {{Keys}} },
                           { "name": "out", "command": "forward", "listen": "0.0.0.0:8080", "unsafe-listen": true, "server": "gate.example.org", {{ClientKeys}} } ] }
            """));
        JsonElement report = (await RunAsync("--config", _folder["tunnels.json"])).Expect(0).Json;
        JsonElement[] services = [.. report.GetProperty("services").EnumerateArray()];
        Assert.Equal(["run", "expose", "forward"], [.. services.Select(service => service.GetProperty("command").GetString()!)], StringComparer.Ordinal);
        Assert.Equal(["unsafe-admin-listen"], Unsafe(services[0]));
        Assert.Empty(Unsafe(services[1]));
        Assert.Equal(["unsafe-listen"], Unsafe(services[2]));
        Assert.Equal("none", services[1].GetProperty("clientAuthentication").GetString());
        Assert.Equal("qstp", services[1].GetProperty("protocol").GetString());
        Assert.Equal(("60", "given"), Setting(services[1], "idle-timeout"));
        Assert.Equal(("10", "default"), Setting(services[1], "target-timeout"));
        Assert.Equal(("0.0.0.0:9090", "configured"), Setting(services[0], "admin-listen"));
        Assert.Contains(Findings(report), finding => finding.Contains("--unsafe-admin-listen is on", StringComparison.Ordinal));
        Assert.Contains(Findings(report), finding => finding.Contains("web: whoever has the public certificate", StringComparison.Ordinal));
        Assert.Contains(Findings(report), finding => finding.Contains("out: revocations are not looked at", StringComparison.Ordinal));

        // The files that they name are looked at, each once.
        Assert.Equal(3, report.GetProperty("files").GetArrayLength());
    }

    [Fact]
    public async Task Passwords_in_addresses_are_not_in_it()
    {
        CommandResult result = (await RunAsync(
            "--service", "/usr/bin/postern rds serve --inventory postgres://rds:hunter2@db.example.org/authority --otlp http://a:hunter2@127.0.0.1:4318")).Expect(0);
        Assert.DoesNotContain("hunter2", result.Output, StringComparison.Ordinal);
        Assert.Equal(("postgres://rds:***@db.example.org/authority", "given"), Setting(result.Json.GetProperty("services")[0], "inventory"));
    }

    [Theory]
    [InlineData("rcs", 0)]
    [InlineData("rcs-reduced-rounds", 0)]
    [InlineData("rcs-qmac", 1)]
    public async Task A_weakened_cipher_is_found(string cipher, int exitCode)
    {
        JsonElement report = (await RunAsync(
            "--service", $"expose --to 127.0.0.1:80 --cipher {cipher} --root {TestKeys.Default.RootFile} --cert {TestKeys.Default.CertificateFile} --key {TestKeys.Default.KeyFile}")).Expect(exitCode).Json;
        Assert.Equal(cipher != "rcs", Findings(report).Any(finding => finding.Contains($"--cipher {cipher}: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_to_look_at_is_said()
    {
        JsonElement report = (await RunAsync("--strict", _folder.Root)).Expect(1).Json;
        Assert.Contains(Findings(report), finding => finding.Contains("there was nothing to look at", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("'status' is no command that stays", "status")]
    [InlineData("'expose --to 1': ", "expose --to 1")]
    [InlineData("there is no such file", "run --config /nowhere/tunnels.json")]
    public async Task What_is_no_service_is_refused(string message, string service) =>
        Assert.Contains(message, (await RunAsync("--service", service)).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Running_processes_and_their_channels_are_in_it()
    {
        await using PosternProcess serve = PosternProcess.Serve();
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        await connect.Input.WriteAsync(new byte[] { 1 });
        await connect.Input.FlushAsync();
        Assert.Equal(1, await connect.Output.ReadAsync(new byte[1]).AsTask().WaitAsync(Wire.Limit));
        await using PosternProcess posture = PosternProcess.Run("posture", TestKeys.Default.CertificateFile, TestKeys.Default.RootFile);
        using JsonDocument report = JsonDocument.Parse(await posture.ExchangeAsync([]));
        JsonElement process = report.RootElement.GetProperty("processes").EnumerateArray().Single(process => process.GetProperty("processId").GetInt32() == serve.Id);
        string? name = process.GetProperty("channels")[0].GetProperty("suite").GetString();
        JsonElement suite = report.RootElement.GetProperty("suites").EnumerateArray().Single(suite => suite.GetProperty("suite").GetProperty("name").GetString() == name);
        Assert.True(suite.GetProperty("channels").GetInt32() >= 1);
    }

    private static string Keys => $"{ClientKeys}, \"key\": \"{TestKeys.Default.KeyFile}\"";

    private static string ClientKeys => $"\"root\": \"{TestKeys.Default.RootFile}\", \"cert\": \"{TestKeys.Default.CertificateFile}\"";

    private static Task<CommandResult> RunAsync(params string[] arguments) =>
        new CommandHost { Now = TimeProvider.System.GetUtcNow() }.RunAsync(["posture", "--no-processes", .. arguments]);

    private static JsonElement File(JsonElement report, string end) =>
        report.GetProperty("files").EnumerateArray().Single(file => file.GetProperty("path").GetString()!.EndsWith(end, StringComparison.Ordinal));

    private static IEnumerable<string> Findings(JsonElement report) =>
        report.GetProperty("findings").EnumerateArray().Select(finding => $"{finding.GetProperty("subject").GetString()}: {finding.GetProperty("message").GetString()}");

    private static string[] Unsafe(JsonElement service) => [.. service.GetProperty("unsafe").EnumerateArray().Select(option => option.GetString()!)];

    private static (string Value, string Source) Setting(JsonElement service, string name)
    {
        JsonElement setting = service.GetProperty("settings").EnumerateArray().Single(setting => setting.GetProperty("name").GetString() == name);
        return (setting.GetProperty("values")[0].GetString()!, setting.GetProperty("source").GetString()!);
    }

    private static void Secret(string path)
    {
        if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
