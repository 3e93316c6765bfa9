using System.Text.Json;
using Postern.Authority.Records;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary><c>root revocations</c>, and what shows and uses its file.</summary>
public sealed class RootRevocationsCommandTests : IDisposable
{
    private readonly TestInventory _test = new();

    private string List => _test.Folder["root.qrl"];

    private string Root => _test.RootArguments[1];

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task The_list_is_signed_and_each_has_a_higher_number()
    {
        CertificateRecord certificate = _test.Issue();
        JsonElement first = (await PublishAsync("--json")).Expect(ExitCode.Success).Json;
        Assert.Equal((1, 0), (first.GetProperty("number").GetInt64(), first.GetProperty("entries").GetArrayLength()));
        Assert.Contains("--force", (await PublishAsync()).Expect(ExitCode.File).Error, StringComparison.Ordinal);
        _test.Revoke(certificate);
        JsonElement second = (await PublishAsync("--force", "--next-update", "30d", "--json")).Expect(ExitCode.Success).Json;
        Assert.Equal(2, second.GetProperty("number").GetInt64());
        Assert.True(second.GetProperty("isSignatureValid").GetBoolean());
        Assert.Equal(CommandHost.VectorTime.AddDays(30), second.GetProperty("nextUpdate").GetDateTimeOffset());
        JsonElement entry = second.GetProperty("entries")[0];
        Assert.Equal((certificate.Serial, "key-compromise"), (entry.GetProperty("serial").GetString(), entry.GetProperty("reason").GetString()));
        Assert.Equal(500, (await PublishAsync("--force", "--number", "500", "--json")).Expect(ExitCode.Success).Json.GetProperty("number").GetInt64());
        byte[] output = (await CommandHost.Run(["root", "revocations", "--out", "-", .. _test.KeyArguments])).Expect(ExitCode.Success).RawOutput;
        Assert.Equal(501, RevocationList.Parse(output).Number);
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public async Task Show_says_what_is_in_it_and_whether_the_root_signed_it()
    {
        CertificateRecord certificate = _test.Issue();
        _test.Revoke(certificate);
        (await PublishAsync()).Expect(ExitCode.Success);
        CommandResult plain = (await CommandHost.Run("root", "show", List)).Expect(ExitCode.Success);
        Assert.Contains("check it with --root", plain.Output, StringComparison.Ordinal);
        Assert.Contains($"    {certificate.Serial}  2027-01-01 00:00:00Z  key-compromise", plain.Output, StringComparison.Ordinal);
        CommandResult shown = (await CommandHost.Run("root", "show", "--root", Root, List)).Expect(ExitCode.Success);
        Assert.Contains("by the root 'Test root', verifies", shown.Output, StringComparison.Ordinal);
        JsonElement json = (await CommandHost.Run("cert", "show", "--json", "--root", Root, List)).Expect(ExitCode.Success).Json;
        Assert.Equal(("revocation list", "current"), (json.GetProperty("kind").GetString(), json.GetProperty("validity").GetString()));

        byte[] altered = await File.ReadAllBytesAsync(List, TestContext.Current.CancellationToken);
        altered[^1] ^= 1;
        string other = _test.Folder.Write("altered.qrl", altered);
        Assert.Contains("DOES NOT VERIFY", (await CommandHost.Run("root", "show", "--root", Root, other)).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        Assert.Contains("no revocation list", (await CommandHost.Run("root", "show", _test.Folder.Write("short.qrl", altered.AsSpan(0, 60)))).Expect(ExitCode.File).Error, StringComparison.Ordinal);
        Assert.Contains("--root is for revocation lists", (await CommandHost.Run("root", "show", "--root", Root, Root)).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        CommandHost later = new() { Now = CommandHost.VectorTime.AddDays(8) };
        Assert.Contains("STALE", (await later.RunAsync("root", "show", List)).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_is_larger_than_any_certificate_is_shown()
    {
        DateTimeOffset now = _test.Clock.GetUtcNow();
        IEnumerable<RevocationEntry> entries = Enumerable.Range(1, 50_000).Select(i => new RevocationEntry($"{i:X32}", now, RevocationReason.Cessation));
        string path = _test.Folder.Write("large.qrl", _test.Key.SignRevocations(1, entries, now, now.AddDays(1)).ToBytes());
        JsonElement json = (await CommandHost.Run("root", "show", "--json", "--root", Root, path)).Expect(ExitCode.Success).Json;
        Assert.Equal(50_000, json.GetProperty("entries").GetArrayLength());
    }

    [Fact]
    public async Task Verify_refuses_what_is_on_the_list_and_a_stale_list()
    {
        CertificateRecord good = _test.Issue("good");
        CertificateRecord bad = _test.Issue("bad");
        string goodFile = _test.Folder.Write("good.qrc", good.Certificate.Span);
        string badFile = _test.Folder.Write("bad.qrc", bad.Certificate.Span);
        _test.Revoke(bad);
        (await PublishAsync()).Expect(ExitCode.Success);
        string[] verify = ["cert", "verify", "--root", Root, "--revocation-list", List];
        (await CommandHost.Run([.. verify, goodFile])).Expect(ExitCode.Success);
        Assert.Contains("was revoked on 2027-01-01 00:00:00Z (key-compromise)", (await CommandHost.Run([.. verify, badFile])).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        CommandHost later = new() { Now = CommandHost.VectorTime.AddDays(8) };
        Assert.Contains("there is no", (await CommandHost.Run([.. verify[..^1], _test.Folder["none.qrl"], goodFile])).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        Assert.Contains("was to be followed", (await later.RunAsync([.. verify, goodFile])).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        Assert.Contains("is not noticed", (await later.RunAsync([.. verify, "--revocation-stale", "warn", goodFile])).Expect(ExitCode.Success).Error, StringComparison.Ordinal);
        (await later.RunAsync([.. verify, "--revocation-stale", "warn", badFile])).Expect(ExitCode.Failed);
    }

    [Fact]
    public async Task The_cache_keeps_an_older_list_out()
    {
        CertificateRecord certificate = _test.Issue();
        string file = _test.Folder.Write("s.qrc", certificate.Certificate.Span);
        (await PublishAsync()).Expect(ExitCode.Success);
        string old = _test.Folder.Copy(List, "old.qrl");
        _test.Revoke(certificate);
        (await PublishAsync("--force")).Expect(ExitCode.Success);
        string[] verify = ["cert", "verify", "--root", Root, "--revocation-cache", _test.Folder["cache"], file, "--revocation-list"];
        (await CommandHost.Run([.. verify, List])).Expect(ExitCode.Failed);
        CommandResult replayed = (await CommandHost.Run([.. verify, old])).Expect(ExitCode.Failed);
        Assert.Contains("older than list 2", replayed.Error, StringComparison.Ordinal);
        Assert.Contains("was revoked", replayed.Output, StringComparison.Ordinal);
        string wrong = _test.Folder.Write("wrong", "something of mine"u8);
        CommandResult refused = await CommandHost.Run("cert", "verify", "--root", Root, "--revocation-cache", wrong, file, "--revocation-list", List);
        Assert.Contains("stays as it is", refused.Expect(ExitCode.File).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--revocation-refresh", "5m")]
    [InlineData("--revocation-cache", "x")]
    [InlineData("--revocation-list", "ftp://example.org/list")]
    [InlineData("--revocation-list", "x", "--revocation-refresh", "5")]
    [InlineData("--revocation-list", "x", "--revocation-stale", "maybe")]
    public async Task Options_that_make_no_sense_are_refused(params string[] options) =>
        (await CommandHost.Run(["connect", "localhost:1", "--root", "r", "--cert", "c", .. options])).Expect(ExitCode.Usage);

    [Theory]
    [InlineData("message", "connect", "localhost:1", "--peer-key", "k")]
    [InlineData("forward", "--listen", "1", "--server", "localhost:1", "--protocol", "simplex", "--peer-key", "k")]
    public async Task Keys_of_qsmp_have_no_list(params string[] arguments) =>
        (await CommandHost.Run([.. arguments, "--revocation-list", "x"])).Expect(ExitCode.Usage);

    private Task<CommandResult> PublishAsync(params string[] more) => CommandHost.Run(["root", "revocations", "--out", List, .. _test.KeyArguments, .. more]);
}
