using System.Text.Json;
using Postern.Authority.Records;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

public abstract class RootInventoryCommandTests
{
    private readonly Func<TestFolder, TestStore> _place;

    private protected RootInventoryCommandTests(Func<TestFolder, TestStore> place) => _place = place;

    [Fact]
    public async Task A_certificate_that_cannot_be_written_is_recorded_and_exported_later()
    {
        using TestInventory test = new(_place);
        string request = test.Folder.Write("r.unsigned.qrc", test.Request("s").ToBytes());
        // A file in whose place nothing can be put is found before; a device that refuses to be written is not.
        CommandResult signed = await CommandHost.Run(["root", "sign", request, "--yes", "--out", "/dev/full", .. test.KeyArguments]);
        if (!File.Exists("/dev/full"))
        {
            Assert.Skip("There is no /dev/full here.");
            return;
        }

        Assert.Contains("signed and recorded", signed.Expect(ExitCode.File).Error, StringComparison.Ordinal);
        CertificateSummary recorded = Assert.Single(test.Inventory.List(new CertificateQuery()));
        (await CommandHost.Run(["root", "export", recorded.Serial, .. test.RootArguments, "--out", test.Folder["out/"]])).Expect(ExitCode.Success);
        Assert.Equal(test.Inventory.Find(recorded.Serial).Certificate.ToArray(), await ReadAsync(test.Folder["out/s.qrc"]));
    }

    [Fact]
    public async Task Doctor_looks_into_it()
    {
        using TestInventory test = new(_place);
        test.Issue("s");
        string place = test.Place.Arguments is [_, { } named] ? named : test.Folder["root_inventory.db"];
        CommandResult result = (await CommandHost.Run("doctor", test.Folder["root_public_cert.qrr"], place)).Expect(ExitCode.Success);
        Assert.Contains("1 certificates, 2 entries, head ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renew_gives_new_dates_to_the_same_key_and_serial()
    {
        using TestInventory test = new(_place);
        CertificateRecord issued = test.Issue("s", days: 90);
        string file = test.Folder.Write("s.qrc", issued.Certificate.Span);
        CommandHost later = new() { Now = CommandHost.VectorTime.AddDays(80) };
        JsonElement renewed = (await later.RunAsync(["root", "renew", file, "--out", file, "--force", "--json", .. test.KeyArguments])).Expect(ExitCode.Success).Json;
        Assert.Equal(issued.Serial, renewed.GetProperty("serial").GetString());
        Assert.Equal(CommandHost.VectorTime.AddDays(170), renewed.GetProperty("validTo").GetDateTimeOffset());
        Assert.Equal(test.Inventory.Find(issued.Serial).Certificate.ToArray(), await ReadAsync(file));
        (await later.RunAsync("cert", "verify", "--root", test.CertificateArguments[1], file)).Expect(ExitCode.Success);
        Assert.Empty(test.Inventory.Verify().Findings);

        CommandResult beyond = await later.RunAsync(["root", "renew", issued.Serial, "--days", "700", "--out", test.Folder["x"], .. test.KeyArguments]);
        Assert.Contains("no renewal prolongs", beyond.Expect(ExitCode.Success).Error, StringComparison.Ordinal);
        CommandHost tooLate = new() { Now = CommandHost.VectorTime.AddDays(366) };
        CommandResult ended = await tooLate.RunAsync(["root", "renew", issued.Serial, "--out", test.Folder["y"], .. test.KeyArguments]);
        Assert.Contains("needs a new key", ended.Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(test.Folder["y"]));
    }

    [Fact]
    public async Task Revoke_takes_a_serial_or_a_file_once()
    {
        using TestInventory test = new(_place);
        CertificateRecord first = test.Issue("first");
        CertificateRecord second = test.Issue("second");
        string file = test.Folder.Write("second.qrc", second.Certificate.Span);
        string[] revoke = ["root", "revoke", .. test.KeyArguments, "--reason", "key-compromise"];
        string colons = string.Join(':', Convert.FromHexString(first.Serial).Select(digit => $"{digit:x2}"));
        JsonElement revoked = (await CommandHost.Run([.. revoke, colons, "--json"])).Expect(ExitCode.Success).Json;
        Assert.Equal((first.Serial, "key-compromise"), (revoked.GetProperty("serial").GetString(), revoked.GetProperty("reason").GetString()));
        Assert.Contains("--deny", (await CommandHost.Run([.. revoke, file])).Expect(ExitCode.Success).Error, StringComparison.Ordinal);
        Assert.Contains("was revoked", (await CommandHost.Run([.. revoke, file])).Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        Assert.Contains("is in the inventory", (await CommandHost.Run([.. revoke, new string('A', 32)])).Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        (await CommandHost.Run(["root", "revoke", .. test.KeyArguments, "--reason", "because", file])).Expect(ExitCode.Usage);
        (await CommandHost.Run(["root", "revoke", .. test.KeyArguments, file])).Expect(ExitCode.Usage);
        CommandResult renew = await CommandHost.Run(["root", "renew", file, "--out", test.Folder["x"], .. test.KeyArguments]);
        Assert.Contains("was revoked", renew.Expect(ExitCode.Failed).Error, StringComparison.Ordinal);
        Assert.Equal(5, test.Inventory.ReadLog().Count);
    }

    [Fact]
    public async Task Audit_shows_the_log_and_verifies_it()
    {
        using TestInventory test = new(_place);
        CertificateRecord certificate = test.Issue();
        string[] audit = ["root", "audit", .. test.RootArguments];
        CommandResult shown = await CommandHost.Run(audit);
        Assert.Contains($"issued      {certificate.Serial}  by {TestInventory.Actor}", shown.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await CommandHost.Run([.. audit, "--json"])).Expect(ExitCode.Success).Json.GetArrayLength());
        JsonElement verified = (await CommandHost.Run([.. audit, "--verify", "--json"])).Expect(ExitCode.Success).Json;
        Assert.True(verified.GetProperty("isValid").GetBoolean());
        string head = verified.GetProperty("head").GetString()!;
        (await CommandHost.Run([.. audit, "--head", head])).Expect(ExitCode.Usage);

        test.Store.BackUp(test.Folder["old.db"], overwrite: false);
        test.Revoke(certificate);
        CommandResult newer = await CommandHost.Run([.. audit, "--verify", "--head", head]);
        Assert.Contains("3 entries, 1 certificates", newer.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        string newHead = newer.Output.TrimEnd()[^64..];
        CommandResult older = await CommandHost.Run(
            ["root", "audit", .. test.CertificateArguments, "--verify", "--head", newHead, "--inventory", test.Folder["old.db"]]);
        Assert.Contains("older", older.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);

        test.Tamper("UPDATE revocations SET reason = 'superseded'");
        CommandResult tampered = await CommandHost.Run([.. audit, "--verify"]);
        Assert.Contains("NOT VALID", tampered.Expect(ExitCode.Failed).Output, StringComparison.Ordinal);
        Assert.False((await CommandHost.Run([.. audit, "--verify", "--json"])).Expect(ExitCode.Failed).Json.GetProperty("isValid").GetBoolean());
    }

    [Fact]
    public async Task Backup_is_whole_secret_and_replaces_nothing_unless_forced()
    {
        using TestInventory test = new(_place);
        test.Issue("s");
        string copy = test.Folder["copy.db"];
        string[] backup = ["root", "backup", copy, .. test.RootArguments];
        (await CommandHost.Run(backup)).Expect(ExitCode.Success);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(copy));
        CommandResult listed = await CommandHost.Run(["root", "list", .. test.CertificateArguments, "--inventory", copy]);
        Assert.EndsWith("  s\n", listed.Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        (await CommandHost.Run(backup)).Expect(ExitCode.File);
        (await CommandHost.Run([.. backup, "--force"])).Expect(ExitCode.Success);
        Assert.DoesNotContain(test.Folder.Names, name => name.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private static Task<byte[]> ReadAsync(string path) => File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

    public sealed class OnSqlite() : RootInventoryCommandTests(SqliteTestStore.In);

    public sealed class OnPostgres() : RootInventoryCommandTests(PostgresTestStore.In);
}
