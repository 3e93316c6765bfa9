using System.Globalization;
using System.Text.Json;
using Postern.Authority.Audit;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

public abstract class InventoryListTests
{
    private readonly Func<TestFolder, TestStore> _place;

    private protected InventoryListTests(Func<TestFolder, TestStore> place) => _place = place;

    [Fact]
    public async Task Ten_thousand_certificates_are_listed_and_searched()
    {
        const int Count = 10_000;
        using TestInventory test = new(_place);
        Fill(test, Count);
        CommandResult all = await CommandHost.Run(["root", "list", .. test.RootArguments]);
        string[] lines = all.Expect(ExitCode.Success).Output.TrimEnd('\n').Split('\n');
        Assert.Equal(Count + 1, lines.Length);
        Assert.StartsWith("serial ", lines[0], StringComparison.Ordinal);
        Assert.Contains("valid          2027-04-01 00:00:00Z    1  server 1", lines[1], StringComparison.Ordinal);
        JsonElement found = (await CommandHost.Run(["root", "list", .. test.RootArguments, "--search", "SERVER 1234", "--json"])).Expect(ExitCode.Success).Json;
        Assert.Equal("server 1234", Assert.Single(found.EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Lists_know_what_is_revoked_replaced_or_about_to_end()
    {
        using TestInventory test = new(_place);
        CertificateRecord shortLived = test.Issue("short", days: 20);
        CertificateRecord longLived = test.Issue("long", days: 200);
        CertificateRecord renewed = test.Issue("renewed", days: 10);
        test.Renew(renewed, days: 300);
        CertificateRecord revoked = test.Issue("revoked", days: 5);
        test.Revoke(revoked);
        await ExpectAsync(test, ["short", "long", "renewed", "revoked"]);
        await ExpectAsync(test, ["short"], "--expiring", "30d");
        await ExpectAsync(test, ["short", "long"], "--expiring", "40w");
        await ExpectAsync(test, ["revoked"], "--revoked");
        await ExpectAsync(test, ["short", "long", "renewed", "renewed", "revoked"], "--all");
        await ExpectAsync(test, ["long"], "--search", longLived.Serial[4..20].ToLowerInvariant());
        await ExpectAsync(test, [], "--search", "%");

        CommandResult later = await new CommandHost { Now = CommandHost.VectorTime.AddDays(21) }.RunAsync(["root", "list", .. test.RootArguments, "--json"]);
        Assert.Equal(
            [$"{shortLived.Serial} expired", $"{longLived.Serial} valid", $"{renewed.Serial} valid", $"{revoked.Serial} revoked"],
            later.Expect(ExitCode.Success).Json.EnumerateArray()
                .Select(line => $"{line.GetProperty("serial").GetString()} {line.GetProperty("state").GetString()}"),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("99999d")]
    [InlineData("3y")]
    public async Task A_time_that_is_none_is_refused(string time)
    {
        using TestInventory test = new(_place);
        (await CommandHost.Run(["root", "list", .. test.RootArguments, "--expiring", time])).Expect(ExitCode.Usage);
    }

    private static async Task ExpectAsync(TestInventory test, string[] names, params string[] options)
    {
        CommandResult result = await CommandHost.Run(["root", "list", .. test.RootArguments, "--json", .. options]);
        Assert.Equal(
            names, result.Expect(ExitCode.Success).Json.EnumerateArray().Select(line => line.GetProperty("name").GetString()), StringComparer.Ordinal);
    }

    // In one transaction, with bytes that nobody reads here: each of ten thousand real ones waits for the disk.
    private static void Fill(TestInventory test, int count)
    {
        CertificateRecord model = CertificateRecord.Of(
            test.Key.SignCertificate(test.Request(), TimeSpan.FromDays(90), test.Clock), 1, CommandHost.VectorTime, TestInventory.Actor, 0);
        using IInventoryTransaction transaction = test.Store.BeginWrite();
        for (int i = 1; i <= count; i++)
        {
            string serial = i.ToString("X32", CultureInfo.InvariantCulture);
            AuditEntry entry = AuditEntry.After(transaction.ReadHead(), CommandHost.VectorTime, TestInventory.Actor, AuditAction.Issued, serial, "");
            bool isLast = i == count;
            transaction.Append(isLast ? entry with { Signer = test.Root.SerialNumber, Signature = AuditSignature.Sign(test.Key, entry.Head) } : entry);
            transaction.Add(new RequestRecord(serial, CommandHost.VectorTime, CommandHost.VectorTime, new byte[32]));
            transaction.Add(model with { Serial = serial, Name = $"server {i}", Entry = entry.Number });
        }

        transaction.Commit();
    }

    public sealed class OnSqlite() : InventoryListTests(SqliteTestStore.In);

    public sealed class OnPostgres() : InventoryListTests(PostgresTestStore.In);
}
