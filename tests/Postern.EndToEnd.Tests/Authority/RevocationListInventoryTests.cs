using System.Data.Common;
using Postern.Authority;
using Postern.Authority.Audit;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary>Revocation lists in the inventory: their numbers, what they say, and that the audit log holds them to it.</summary>
public abstract class RevocationListInventoryTests : IDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly TestInventory _test;

    private protected RevocationListInventoryTests(Func<TestFolder, TestStore> place) => _test = new TestInventory(place);

    /// <summary>What makes an inventory one from before there were lists.</summary>
    private protected abstract string FormerVersion { get; }

    public void Dispose()
    {
        _test.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_list_says_all_that_was_revoked_and_its_number_grows()
    {
        CertificateRecord first = _test.Issue();
        CertificateRecord second = _test.Issue();
        _test.Issue();
        Assert.Equal((1L, 0), NumberAndCount(Publish()));
        _test.Revoke(first);
        _test.Inventory.Revoke(second.Serial, RevocationReason.Superseded, _test.Key);
        RevocationList list = Publish();
        Assert.Equal((2L, 2), NumberAndCount(list));
        VerifiedRevocationList verified = _test.Root.Verify(list, VerificationPolicy.Default with { Clock = _test.Clock });
        Assert.Equal(RevocationReason.KeyCompromise, verified.Find(first.Serial)!.Value.Reason);
        Assert.Equal(RevocationReason.Superseded, verified.Find(second.Serial)!.Value.Reason);
        Assert.Equal((_test.Clock.GetUtcNow(), _test.Clock.GetUtcNow() + Week), (verified.IssuedAt, verified.NextUpdate));
        Assert.Equal(AuditAction.ListPublished, _test.Inventory.ReadLog()[^1].Action);
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public void A_service_follows_what_others_publish_and_revoke()
    {
        CertificateRecord first = _test.Issue();
        CertificateRecord second = _test.Issue();
        RevocationList known = Publish();
        Assert.Same(known, _test.Inventory.FollowRevocations(_test.Key, known, Week));

        _test.Revoke(first);
        RevocationList published = Publish();
        RevocationList followed = _test.Inventory.FollowRevocations(_test.Key, known, Week);
        Assert.Equal(published.Body.ToArray(), followed.Body.ToArray());
        Assert.Equal(1, _test.Root.Verify(followed, VerificationPolicy.Default with { Clock = _test.Clock }).Count);

        // Nobody has published this one.
        _test.Revoke(second);
        Assert.Equal((3L, 2), NumberAndCount(_test.Inventory.FollowRevocations(_test.Key, followed, Week)));
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public void Processes_at_once_never_sign_two_lists_of_one_number()
    {
        const int Each = 10;
        List<long>[] numbers = [[], [], []];
        Thread[] threads = [.. numbers.Select(mine => new Thread(() =>
        {
            (IInventoryStore store, Inventory inventory) = _test.OpenAgain();
            using (store)
            {
                for (int i = 0; i < Each; i++) mine.Add(inventory.PublishRevocations(_test.Key, Week).Number);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(Enumerable.Range(1, 3 * Each).Select(number => (long)number), numbers.SelectMany(mine => mine).Order());
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public void After_a_restored_backup_the_number_can_be_raised_and_never_lowered()
    {
        Assert.Equal(100, Publish(100).Number);
        Assert.Equal(101, Publish(50).Number);
        Assert.Equal(102, Publish().Number);
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public void A_list_that_cannot_be_signed_takes_no_number()
    {
        using RootKey disposed = RootKey.Parse(_test.Key.ToSecretBytes().Span);
        disposed.Dispose();
        Assert.ThrowsAny<Exception>(() => _test.Inventory.PublishRevocations(disposed, Week));
        Assert.Throws<ArgumentException>(() => _test.Inventory.PublishRevocations(_test.Key, TimeSpan.Zero));
        Assert.Equal(1, Publish().Number);
    }

    [Theory]
    [InlineData("entries = 0", "is not the revocations")]
    [InlineData("digest = '0000000000000000000000000000000000000000000000000000000000000000'", "is not the revocations")]
    [InlineData("next_update = next_update + 1", "is not the revocations")]
    [InlineData("next_update = 0", "is not the revocations")]
    [InlineData("number = 9", "does not say what the inventory has")]
    [InlineData("published_by = 'x'", "does not say what the inventory has")]
    [InlineData("entry = 99", "the log has no entry 99")]
    public void A_changed_row_is_found(string change, string finding)
    {
        _test.Revoke(_test.Issue());
        Publish();
        _test.Tamper($"UPDATE revocation_lists SET {change}");
        Assert.Contains(_test.Inventory.Verify().Findings, found => found.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void A_removed_row_and_a_removed_revocation_are_found()
    {
        _test.Revoke(_test.Issue());
        Publish();
        _test.Tamper("DELETE FROM revocation_lists");
        Assert.Contains(_test.Inventory.Verify().Findings, found => found.Contains("'published", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UPDATE revocation_lists SET number = 7")]
    [InlineData("DELETE FROM revocation_lists")]
    [InlineData("INSERT INTO revocation_lists SELECT 1, issued_at, next_update, entries, digest, published_by, 1 FROM revocation_lists")]
    public void The_store_refuses_to_change_the_past(string sql)
    {
        Publish();
        Assert.ThrowsAny<DbException>(() => _test.Place.Execute(sql));
    }

    [Fact]
    public void An_inventory_from_before_there_were_lists_gets_them()
    {
        _test.Revoke(_test.Issue());
        _test.Store.Dispose();
        _test.Place.Execute(FormerVersion);
        (IInventoryStore store, Inventory inventory) = _test.OpenAgain();
        using (store)
        {
            Assert.Equal((1L, 1), NumberAndCount(inventory.PublishRevocations(_test.Key, Week)));
            Assert.Empty(inventory.Verify().Findings);
        }
    }

    public sealed class OnSqlite() : RevocationListInventoryTests(SqliteTestStore.In)
    {
        private protected override string FormerVersion => "DROP TABLE tokens; DROP TABLE submissions; DROP INDEX certificates_by_issuer; DROP TABLE revocation_lists; PRAGMA user_version = 1;";
    }

    public sealed class OnPostgres() : RevocationListInventoryTests(PostgresTestStore.In)
    {
        private protected override string FormerVersion =>
            """
            DROP TABLE postern.tokens;
            DROP TABLE postern.submissions;
            DROP FUNCTION postern.refuse_decided;
            DROP INDEX postern.certificates_by_issuer;
            DROP TABLE postern.revocation_lists;
            DROP FUNCTION postern.refuse_lower_number;
            UPDATE postern.inventory SET version = 1;
            """;
    }

    private static (long Number, int Count) NumberAndCount(RevocationList list) => (list.Number, list.Count);

    private RevocationList Publish(long leastNumber = 1) => _test.Inventory.PublishRevocations(_test.Key, Week, leastNumber);
}
