using System.Diagnostics;
using System.Globalization;
using Postern.Authority;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary>Commands as processes on one inventory. With <c>POSTERN_LONG_TESTS</c> set to a number, so many are to be killed.</summary>
public abstract class InventoryProcessTests : IDisposable
{
    private readonly TestInventory _test;
    private readonly ITestOutputHelper _output;

    private protected InventoryProcessTests(Func<TestFolder, TestStore> place, ITestOutputHelper output)
    {
        _test = new TestInventory(place, TimeProvider.System);
        _output = output;
    }

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
        for (int i = 0; i < Count; i++) ExpectRecorded(_test.Inventory, $"s{i}");
    }

    [Fact]
    public async Task A_process_killed_at_any_moment_leaves_all_of_its_change_or_nothing()
    {
        _test.Store.Dispose();
        Random random = new(Seed: 20270101);
        Stopwatch whole = Stopwatch.StartNew();
        await RunAsync(Sign("0"), null);
        TimeSpan duration = whole.Elapsed;
        int killed = 0;
        for (int i = 1; i <= Kills; i++)
        {
            // In the later part of what a process does: before that it only starts.
            bool isKilled = await RunAsync(NextOperation(random, i), duration * (0.7 + (0.45 * random.NextDouble())));
            if (isKilled) killed++;
            // Whatever else the machine does: about one of three comes to its end.
            duration *= isKilled ? 1.03 : 0.95;
            (IInventoryStore store, Inventory inventory) = _test.OpenAgain();
            using (store) Assert.Empty(inventory.Verify().Findings);
        }

        await _test.Place.SettleAsync();
        int written = await ExpectFilesAsync();
        _output.WriteLine($"{Kills} operations, {killed} killed: {written} certificates were written, {await ExpectExportedAsync()} recorded and not written.");
        await ExpectRepeatedAsync();
        ExpectTamperingFound();
    }

    // What is in a file is recorded, and each entry of the log has its row.
    private async Task<int> ExpectFilesAsync()
    {
        (IInventoryStore store, Inventory inventory) = _test.OpenAgain();
        using (store)
        {
            using (IInventoryTransaction rows = store.BeginRead())
            {
                Assert.Equal(rows.ReadEntries().Count() - 1, rows.ReadCertificates().Count() + rows.ReadRevocations().Count() + rows.ReadLists().Count());
            }

            // Behind a renewal that was killed before it wrote, the file has the certificate before it: recorded too.
            HashSet<string> recorded = Recorded(store);
            string[] files = Directory.GetFiles(_test.Folder.Root, "*.signed.qrc");
            Assert.NotEmpty(files);
            foreach (string file in files) Assert.Contains(RecordText.Digest(await File.ReadAllBytesAsync(file)), recorded);
            ExpectListRecorded(store);
            return files.Length;
        }
    }

    // A list in a file was recorded: the one of that number has that digest.
    private void ExpectListRecorded(IInventoryStore store)
    {
        if (!File.Exists(_test.Folder["root.qrl"])) return;
        RevocationList list = RevocationList.Parse(File.ReadAllBytes(_test.Folder["root.qrl"]));
        using IInventoryTransaction rows = store.BeginRead();
        Assert.Contains(rows.ReadLists(), record => record.Number == list.Number && record.Digest == RecordText.Digest(list.Body));
    }

    // What is recorded and was not written can be written.
    private async Task<int> ExpectExportedAsync()
    {
        (IInventoryStore store, Inventory inventory) = _test.OpenAgain();
        using (store)
        {
            CertificateSummary[] missing = [.. inventory.List(new CertificateQuery()).Where(certificate => !File.Exists(_test.Folder[$"{certificate.Name}.signed.qrc"]))];
            foreach (CertificateSummary certificate in missing)
            {
                string file = _test.Folder[$"{certificate.Name}.signed.qrc"];
                (await new CommandHost { Now = TimeProvider.System.GetUtcNow() }.RunAsync(
                    ["root", "export", certificate.Serial, "--out", file, .. _test.RootArguments])).Expect(ExitCode.Success);
                ExpectRecorded(inventory, certificate.Name);
            }

            return missing.Length;
        }
    }

    // What was killed can be done again, or was done.
    private async Task ExpectRepeatedAsync()
    {
        (IInventoryStore store, Inventory inventory) = _test.OpenAgain();
        using (store)
        {
            foreach (string request in Directory.GetFiles(_test.Folder.Root, "*.unsigned.qrc"))
            {
                string serial = ServerCertificate.Parse(await File.ReadAllBytesAsync(request)).SerialNumber;
                if (inventory.IsIssued(serial)) continue;
                (await new CommandHost { Now = TimeProvider.System.GetUtcNow() }.RunAsync(
                    ["root", "sign", request, "--yes", "--force", "--out", _test.Folder["again"], .. _test.KeyArguments])).Expect(ExitCode.Success);
                Assert.True(inventory.IsIssued(serial));
            }

            Assert.Empty(inventory.Verify().Findings);
        }
    }

    // After all those kills as on the first day: a row that somebody changes does not pass.
    private void ExpectTamperingFound()
    {
        _test.Tamper("UPDATE certificates SET valid_to = valid_to + 1 WHERE entry = (SELECT MAX(entry) FROM certificates)");
        Assert.NotEmpty(_test.Inventory.Verify().Findings);
    }

    // Returns true if it was killed.
    private static async Task<bool> RunAsync(string[] arguments, TimeSpan? killAfter)
    {
        await using PosternProcess process = PosternProcess.Run(arguments);
        Task<int> exit = process.ExitAsync();
        // The moment is what is tested, not waited for.
        bool isKilled = killAfter is { } time && await Task.WhenAny(exit, Task.Delay(time)) != exit;
        if (isKilled) process.Kill();
        Assert.True(await exit == ExitCode.Success || isKilled, process.Errors);
        return isKilled;
    }

    private string[] NextOperation(Random random, int number)
    {
        (IInventoryStore store, Inventory inventory) = _test.OpenAgain();
        using (store)
        {
            CertificateSummary[] valid = [.. inventory.List(new CertificateQuery()).Where(certificate => certificate.RevokedAt is null)];
            int choice = random.Next(5);
            if (choice == 4) return ["root", "revocations", "--force", "--out", _test.Folder["root.qrl"], .. _test.KeyArguments];
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

    private void ExpectRecorded(Inventory inventory, string name)
    {
        byte[] bytes = File.ReadAllBytes(_test.Folder[$"{name}.signed.qrc"]);
        Assert.Equal(inventory.Find(ServerCertificate.Parse(bytes).SerialNumber).Certificate.ToArray(), bytes);
    }

    public sealed class OnSqlite(ITestOutputHelper output) : InventoryProcessTests(SqliteTestStore.In, output);

    public sealed class OnPostgres(ITestOutputHelper output) : InventoryProcessTests(PostgresTestStore.In, output);
}
