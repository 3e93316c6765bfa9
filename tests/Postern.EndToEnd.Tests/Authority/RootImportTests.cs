using Postern.Authority.Audit;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary><c>postern root import</c>: what the root signed before its inventory began.</summary>
public abstract class RootImportTests : IDisposable
{
    private readonly TestInventory _test;
    private readonly ServerCertificate _request;
    private readonly ServerCertificate _certificate;

    private protected RootImportTests(Func<TestFolder, TestStore> place)
    {
        _test = new TestInventory(place);
        _request = _test.Request("early");
        _certificate = _test.Key.SignCertificate(_request, TimeSpan.FromDays(90), _test.Clock);
    }

    public void Dispose()
    {
        _test.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task It_is_recorded_as_imported_and_can_be_renewed_and_revoked()
    {
        string output = (await ImportAsync(_certificate, ExitCode.Success)).Output;
        Assert.Contains($"{_certificate.SerialNumber} ('early'): imported", output, StringComparison.Ordinal);
        Assert.Equal(AuditAction.Imported, _test.Inventory.ReadLog()[^1].Action);
        Assert.Equal(_certificate.ToBytes(), _test.Inventory.Find(_certificate.SerialNumber).Certificate.ToArray());
        Assert.Empty(_test.Inventory.Verify().Findings);

        _test.Renew(_test.Inventory.Find(_certificate.SerialNumber));
        _test.Revoke(_test.Inventory.Find(_certificate.SerialNumber));
        Assert.Empty(_test.Inventory.Verify().Findings);
        _test.Tamper("UPDATE audit SET action = 'issued' WHERE action = 'imported'");
        Assert.NotEmpty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public async Task The_request_says_when_the_key_ends()
    {
        string request = _test.Folder.Write("request.qrc", _request.ToBytes());
        await ImportAsync(_certificate, ExitCode.Success, "--request", request);
        Assert.Equal(_request.ValidTo, _test.Inventory.FindRequest(_certificate.SerialNumber).ValidTo);
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public async Task What_is_recorded_or_not_the_roots_is_refused()
    {
        await ImportAsync(_certificate, ExitCode.Success);
        Assert.Contains("issued already", (await ImportAsync(_certificate, ExitCode.Failed)).Error, StringComparison.Ordinal);
        int entries = _test.Inventory.ReadLog().Count;
        using RootKey other = RootKey.Generate(_test.Root.Suite, "Other root", TimeSpan.FromDays(1000), _test.Clock);
        await ImportAsync(other.SignCertificate(_test.Request("foreign"), TimeSpan.FromDays(90), _test.Clock), ExitCode.Failed);
        string foreign = _test.Folder.Write("foreign.qrc", _test.Request("foreign").ToBytes());
        ServerCertificate second = _test.Key.SignCertificate(_test.Request("second"), TimeSpan.FromDays(90), _test.Clock);
        Assert.Contains("was not made from", (await ImportAsync(second, ExitCode.Failed, "--request", foreign)).Error, StringComparison.Ordinal);
        Assert.Equal(entries, _test.Inventory.ReadLog().Count);
    }

    private async Task<CommandResult> ImportAsync(ServerCertificate certificate, int exitCode, params string[] more)
    {
        string file = _test.Folder.Write($"{certificate.SerialNumber}.qrc", certificate.ToBytes());
        return (await CommandHost.Run(["root", "import", file, .. _test.KeyArguments, .. more])).Expect(exitCode);
    }

    public sealed class OnSqlite() : RootImportTests(SqliteTestStore.In);

    public sealed class OnPostgres() : RootImportTests(PostgresTestStore.In);
}
