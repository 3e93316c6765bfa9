using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Postern.Authority.Pkcs11;
using Postern.Authority.Records;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;
using Postern.Qsmp;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary>A folder with a root, its inventory, a server's key, certificate and a revocation list; then one thing is wrong with it.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly TestInventory _test = new();
    private readonly CertificateRecord _server;

    public DoctorTests()
    {
        using ServerKey key = ServerKey.Generate(_test.Root.Suite, "server", TimeSpan.FromDays(365), _test.Clock);
        ServerCertificate request = key.CreateRequest();
        _server = _test.Inventory.Issue(request, _test.Key.SignCertificate(request, TimeSpan.FromDays(90), _test.Clock), _test.Key);
        _test.Folder.Write("server.qrc", _server.Certificate.Span);
        using Cryptography.SecretBytes secret = key.ToSecretBytes();
        _test.Folder.Write("server.qsk", secret.Span);
        Publish();
    }

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_folder_in_order_has_no_warnings()
    {
        CommandResult result = (await DoctorAsync("--strict")).Expect(ExitCode.Success);
        Assert.All(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("ok  ", line, StringComparison.Ordinal));
        foreach (string said in (string[])["the key of ", "verifies under its root", "1 certificates, 3 entries, head ", "revocation list 1", "signed by itself"])
        {
            Assert.Contains(said, result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_ends_soon_is_a_warning_and_what_has_ended_a_failure()
    {
        JsonElement soon = (await DoctorAt(80, "--json")).Expect(ExitCode.Failed).Json; // The list is stale by then.
        Assert.Contains("which ends on", MessageOf(soon, "server.qrc", "warn"), StringComparison.Ordinal);
        Assert.Contains("stale", MessageOf(soon, "root.qrl", "fail"), StringComparison.Ordinal);
        File.Delete(_test.Folder["root.qrl"]);
        (await DoctorAt(80)).Expect(ExitCode.Success);
        (await DoctorAt(80, "--warn-before", "5d", "--strict")).Expect(ExitCode.Success);
        (await DoctorAt(80, "--strict")).Expect(ExitCode.Failed);
        JsonElement ended = (await DoctorAt(91, "--json")).Expect(ExitCode.Failed).Json;
        Assert.Contains("which ended on", MessageOf(ended, "server.qrc", "fail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_others_can_read_is_a_failure()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no modes.");
        else File.SetUnixFileMode(_test.Folder["server.qsk"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", (await DoctorAsync()).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_root_a_broken_file_and_a_key_alone_are_found()
    {
        using TestInventory other = new();
        _test.Folder.Write("foreign.qrc", other.Issue("foreign").Certificate.Span);
        _test.Folder.Write("broken.qrr", "nothing"u8);
        File.Delete(_test.Folder["server.qrc"]);
        JsonElement findings = (await DoctorAsync("--json")).Expect(ExitCode.Failed).Json;
        Assert.Contains("was signed by the root", MessageOf(findings, "foreign.qrc", "fail"), StringComparison.Ordinal);
        Assert.NotEmpty(MessageOf(findings, "broken.qrr", "fail"));
        Assert.Contains("no certificate of this key", MessageOf(findings, "server.qsk", "warn"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_others_can_read_is_a_failure()
    {
        string token = $"{new string('A', 16)}.{new string('B', 64)}\n";
        _test.Folder.Write("rds_admin_token", System.Text.Encoding.ASCII.GetBytes(token));
        CommandResult tight = (await DoctorAsync()).Expect(ExitCode.Success);
        Assert.Contains("rds_admin_token: the token AAAAAAAAAAAAAAAA", tight.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("BBBB", tight.Output, StringComparison.Ordinal);
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_test.Folder["rds_admin_token"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("rds_admin_token: others than", (await DoctorAsync()).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_key_in_the_name_of_another_is_found()
    {
        using QsmpPrivateKey key = QsmpPrivateKey.Generate();
        using (Cryptography.SecretBytes secret = key.ToSecretBytes()) _test.Folder.Write("own.qskey", secret.Span);
        Assert.Contains($"own.qskey: the key {key.KeyIdentity}", (await DoctorAsync()).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        _test.Folder.Write("own.qpkey", key.GetPublicKey(QsmpMode.Duplex).ToBytes());
        Assert.Contains("own.qskey: the key of ", (await DoctorAsync()).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        using QsmpPrivateKey other = QsmpPrivateKey.Generate();
        string forged = System.Text.Encoding.ASCII.GetString(other.GetPublicKey(QsmpMode.Duplex).ToBytes()).Replace(other.KeyIdentity, key.KeyIdentity, StringComparison.Ordinal);
        _test.Folder.Write("own.qpkey", System.Text.Encoding.ASCII.GetBytes(forged));
        Assert.Contains("has its identity and another key", (await DoctorAsync()).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_certificate_and_a_changed_inventory_are_found()
    {
        _test.Revoke(_server);
        Publish();
        Assert.Contains("revoked on", MessageOf((await DoctorAsync("--json")).Json, "server.qrc", "fail"), StringComparison.Ordinal);
        _test.Tamper("UPDATE audit SET actor = 'another' WHERE number = 2");
        Assert.Contains("Entry 2 was changed", MessageOf((await DoctorAsync("--json")).Json, "root_inventory.db", "fail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_before_a_signature_is_found() =>
        Assert.Contains("was signed later", MessageOf((await DoctorAt(-1, "--json")).Expect(ExitCode.Failed).Json, "clock", "fail"), StringComparison.Ordinal);

    [Fact]
    public async Task A_server_is_reached_with_its_certificate_and_its_port_is_taken()
    {
        await using PosternProcess serve = PosternProcess.Serve();
        IPEndPoint address = await serve.ListeningAsync();
        CommandHost now = new() { Now = TimeProvider.System.GetUtcNow() };
        string[] files = ["doctor", TestKeys.Default.RootFile, TestKeys.Default.CertificateFile];
        CommandResult good = await now.RunAsync([.. files, "--server", $"{address}"]);
        Assert.Contains("handshake with 'server' done", good.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("cannot be listened on", (await now.RunAsync([.. files, "--listen", $"{address}"])).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        CommandResult other = await now.RunAsync("doctor", TestKeys.Other.RootFile, TestKeys.Other.CertificateFile, "--server", $"{address}");
        Assert.Contains("handshake with 'other': ", other.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_under_a_tokens_key_is_a_secret_and_subfolders_are_looked_into()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        Directory.CreateDirectory(_test.Folder["token"]);
        byte[] container = TokenContainer.Protect(new byte[100], new TokenKeyName("Root HSM", "0123456789abcdef", "postern-root"), new SoftwareWrappingKey());
        string path = _test.Folder.Write(Path.Combine("token", "root_secret_key.qsk"), container);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string good = (await DoctorAsync("--strict")).Expect(ExitCode.Success).Output;
        Assert.Contains("a key under the key 'postern-root' of the token 'Root HSM': not opened", good, StringComparison.Ordinal);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        string bad = (await DoctorAsync()).Expect(ExitCode.Failed).Output;
        Assert.Contains($"others than its owner can use it. Run 'chmod 600 {path}'", bad, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_failure()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Contains("not reachable", (await DoctorAsync("--server", $"{taken.LocalEndPoint}")).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
    }

    private static string MessageOf(JsonElement findings, string subject, string level) => findings.EnumerateArray()
        .Single(finding => finding.GetProperty("subject").GetString()!.EndsWith(subject, StringComparison.Ordinal) && finding.GetProperty("level").GetString() == level)
        .GetProperty("message").GetString()!;

    private void Publish() => _test.Folder.Write("root.qrl", _test.Inventory.PublishRevocations(_test.Key, TimeSpan.FromDays(7)).ToBytes());

    private Task<CommandResult> DoctorAsync(params string[] more) => DoctorAt(0, more);

    private Task<CommandResult> DoctorAt(int day, params string[] more) =>
        new CommandHost { Now = CommandHost.VectorTime.AddDays(day) }.RunAsync(["doctor", _test.Folder.Root, .. more]);
}
