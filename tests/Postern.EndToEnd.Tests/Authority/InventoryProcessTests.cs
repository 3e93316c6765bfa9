using System.Diagnostics;
using System.Globalization;
using Postern.Authority;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary>Commands as processes on one inventory. With <c>POSTERN_LONG_TESTS</c> set to a number, that many are killed.</summary>
public abstract class InventoryProcessTests : IDisposable
{
    private readonly TestInventory _test;

    private protected InventoryProcessTests(Func<TestFolder, TestStore> place) => _test = new TestInventory(place, TimeProvider.System);

    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("POSTERN_LONG_TESTS"), CultureInfo.InvariantCulture, out int kills) ? Math.Min(kills, 500) : 30;

    public void Dispose()
    {
        _test.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Processes_at_once_lose_nothing()
    {
        const int Count = 6;
        PosternProcess[] processes = [.. Enumerable.Range(0, Count).Select(i => PosternProcess.Run(Sign($"s{i}")))];
        foreach (PosternProcess process in processes)
        {
            await using (process) Assert.True(await process.ExitAsync() == ExitCode.Success, process.Errors);
        }

        Assert.Empty(_test.Inventory.Verify().Findings);
        Assert.Equal(Count + 1, _test.Inventory.ReadLog().Count);
        for (int i = 0; i < Count; i++) ExpectRecorded($"s{i}");
    }

    [Fact]
    public async Task A_process_killed_at_any_moment_leaves_all_of_its_change_or_nothing()
    {
        _test.Store.Dispose();
        Random random = new(Seed: 20270101);
        Stopwatch whole = Stopwatch.StartNew();
        await RunAsync(Sign("0"), null);
        TimeSpan duration = whole.Elapsed;
        for (int i = 1; i <= Kills; i++)
        {
            // In the later part of what a process does: before that it only starts.
            await RunAsync(NextOperation(random, i), duration * (0.4 + (0.7 * random.NextDouble())));
            (IInventoryStore store, Inventory inventory) = _test.OpenAgain();
            using (store) Assert.Empty(inventory.Verify().Findings);
        }

        await _test.Place.SettleAsync();
        (IInventoryStore last, Inventory end) = _test.OpenAgain();
        using (last)
        {
            Assert.Equal(end.ReadLog().Count - 1, end.List(new CertificateQuery { WithReplaced = true }).Count + end.List(new CertificateQuery { IsRevoked = true }).Count);
            // Behind a renewal that was killed before it wrote, the file has the certificate before it: recorded too.
            HashSet<string> recorded = Recorded(last);
            string[] files = Directory.GetFiles(_test.Folder.Root, "*.signed.qrc");
            Assert.NotEmpty(files);
            foreach (string file in files) Assert.Contains(RecordText.Digest(await File.ReadAllBytesAsync(file)), recorded);

            // What was killed can be done again, or was done.
            foreach (string request in Directory.GetFiles(_test.Folder.Root, "*.unsigned.qrc"))
            {
                string serial = Qstp.Certificates.ServerCertificate.Parse(await File.ReadAllBytesAsync(request)).SerialNumber;
                if (end.IsIssued(serial)) continue;
                (await new CommandHost { Now = TimeProvider.System.GetUtcNow() }.RunAsync(
                    ["root", "sign", request, "--yes", "--force", "--out", _test.Folder["again"], .. _test.KeyArguments])).Expect(ExitCode.Success);
                Assert.True(end.IsIssued(serial));
            }

            Assert.Empty(end.Verify().Findings);
        }
    }

    private static async Task RunAsync(string[] arguments, TimeSpan? killAfter)
    {
        await using PosternProcess process = PosternProcess.Run(arguments);
        Task<int> exit = process.ExitAsync();
        // The moment is what is tested, not waited for.
        bool isKilled = killAfter is { } time && await Task.WhenAny(exit, Task.Delay(time)) != exit;
        if (isKilled) process.Kill();
        Assert.True(await exit == ExitCode.Success || isKilled, process.Errors);
    }

    private string[] NextOperation(Random random, int number)
    {
        (IInventoryStore store, Inventory inventory) = _test.OpenAgain();
        using (store)
        {
            CertificateSummary[] valid = [.. inventory.List(new CertificateQuery()).Where(certificate => certificate.RevokedAt is null)];
            int choice = random.Next(4);
            if (choice < 2 || valid.Length < 2) return Sign($"{number}");
            CertificateSummary one = valid[random.Next(valid.Length)];
            return choice == 2
                ? ["root", "renew", one.Serial, "--force", "--out", _test.Folder[$"{one.Name}.signed.qrc"], .. _test.KeyArguments]
                : ["root", "revoke", one.Serial, "--reason", "superseded", .. _test.KeyArguments];
        }
    }

    private string[] Sign(string name)
    {
        string request = _test.Folder.Write($"{name}.unsigned.qrc", _test.Request(name).ToBytes());
        return ["root", "sign", request, "--yes", "--out", _test.Folder[$"{name}.signed.qrc"], .. _test.KeyArguments];
    }

    private static HashSet<string> Recorded(IInventoryStore store)
    {
        using IInventoryTransaction transaction = store.BeginRead();
        return transaction.ReadCertificates().Select(certificate => RecordText.Digest(certificate.Certificate.Span)).ToHashSet(StringComparer.Ordinal);
    }

    private void ExpectRecorded(string name)
    {
        byte[] bytes = File.ReadAllBytes(_test.Folder[$"{name}.signed.qrc"]);
        Assert.Equal(_test.Inventory.Find(Qstp.Certificates.ServerCertificate.Parse(bytes).SerialNumber).Certificate.ToArray(), bytes);
    }

    public sealed class OnSqlite() : InventoryProcessTests(SqliteTestStore.In);

    public sealed class OnPostgres() : InventoryProcessTests(PostgresTestStore.In);
}
