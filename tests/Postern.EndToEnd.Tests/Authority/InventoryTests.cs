using System.Data.Common;
using Postern.Authority;
using Postern.Authority.Audit;
using Postern.Authority.Records;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Authority;

public abstract class InventoryTests : IDisposable
{
    private readonly TestInventory _test;

    private protected InventoryTests(Func<TestFolder, TestStore> place) => _test = new TestInventory(place);

    public void Dispose()
    {
        _test.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void What_is_issued_is_found_again_with_all_it_says()
    {
        CertificateRecord issued = _test.Issue("server.example.org", days: 90);
        CertificateRecord found = _test.Inventory.Find(issued.Serial);
        Assert.Equal(issued.Certificate.ToArray(), found.Certificate.ToArray());
        Assert.Equal(issued with { Certificate = found.Certificate }, found);
        Assert.Equal("server.example.org", found.Name);
        Assert.Equal(TestInventory.Actor, found.IssuedBy);
        Assert.Equal(CommandHost.VectorTime, found.IssuedAt);
        Assert.Equal(CommandHost.VectorTime.AddDays(90), found.ValidTo);
        Assert.Equal(CommandHost.VectorTime.AddDays(365), _test.Inventory.FindRequest(issued.Serial).ValidTo);
        _test.Root.Verify(found.Parse(), VerificationPolicy.Default with { Clock = _test.Clock });
    }

    [Fact]
    public void Every_change_is_one_entry_and_the_log_verifies()
    {
        CertificateRecord first = _test.Issue();
        CertificateRecord renewed = _test.Renew(first);
        _test.Revoke(renewed);
        _test.Issue();
        Assert.Equal(
            [AuditAction.RootAdded, AuditAction.Issued, AuditAction.Renewed, AuditAction.Revoked, AuditAction.Issued],
            _test.Inventory.ReadLog().Select(entry => entry.Action),
            StringComparer.Ordinal);
        AuditReport report = _test.Inventory.Verify();
        Assert.Empty(report.Findings);
        Assert.Equal((5, 3), (report.Head.Number, report.Certificates));
    }

    [Fact]
    public void A_serial_is_issued_once()
    {
        ServerCertificate request = _test.Request();
        ServerCertificate certificate = _test.Key.SignCertificate(request, null, _test.Clock);
        _test.Inventory.Issue(request, certificate, _test.Key);
        InventoryException refused = Assert.Throws<InventoryException>(() => _test.Inventory.Issue(request, certificate, _test.Key));
        Assert.Equal(InventoryError.AlreadyIssued, refused.Error);
        Assert.Equal(2, _test.Inventory.ReadLog().Count);
    }

    [Fact]
    public void A_renewal_replaces_the_one_before_it_and_only_that()
    {
        CertificateRecord first = _test.Issue();
        CertificateRecord second = _test.Renew(first);
        Assert.Equal((first.Serial, 2), (second.Serial, second.Generation));
        Assert.Equal(InventoryError.Changed, Assert.Throws<InventoryException>(() => _test.Renew(first)).Error);
        Assert.Equal(3, _test.Renew(second).Generation);
        Assert.Equal([3], _test.Inventory.List(new CertificateQuery()).Select(certificate => certificate.Generation));
        Assert.Equal(
            [2, 3, null], _test.Inventory.List(new CertificateQuery { WithReplaced = true }).Select(certificate => certificate.ReplacedBy));
    }

    [Fact]
    public void A_revocation_is_for_a_known_serial_and_final()
    {
        CertificateRecord certificate = _test.Issue();
        Assert.Equal(
            InventoryError.UnknownSerial,
            Assert.Throws<InventoryException>(() => _test.Inventory.Revoke(new string('0', 32), RevocationReason.Cessation, _test.Key)).Error);
        _test.Revoke(certificate);
        Assert.Equal(InventoryError.Revoked, Assert.Throws<InventoryException>(() => _test.Revoke(certificate)).Error);
        Assert.Equal(InventoryError.Revoked, Assert.Throws<InventoryException>(() => _test.Renew(certificate)).Error);
        Assert.Equal(RevocationReason.KeyCompromise, _test.Inventory.FindRevocation(certificate.Serial)!.Reason);
        Assert.Equal(3, _test.Inventory.ReadLog().Count);
    }

    [Fact]
    public void A_change_that_cannot_be_signed_leaves_nothing()
    {
        ServerCertificate request = _test.Request();
        ServerCertificate certificate = _test.Key.SignCertificate(request, null, _test.Clock);
        _test.Key.Dispose();
        Assert.ThrowsAny<Exception>(() => _test.Inventory.Issue(request, certificate, _test.Key));
        Assert.False(_test.Inventory.IsIssued(request.SerialNumber));
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'x'")]
    [InlineData("DELETE FROM audit")]
    [InlineData("INSERT INTO audit SELECT 9, time, actor, action, subject, details, previous, hash, signer, signature FROM audit WHERE number = 1")]
    [InlineData("UPDATE certificates SET name = 'x'")]
    [InlineData("DELETE FROM certificates")]
    [InlineData("UPDATE revocations SET reason = 'superseded'")]
    [InlineData("DELETE FROM revocations")]
    public void The_store_refuses_to_change_the_past(string sql)
    {
        _test.Revoke(_test.Issue());
        Assert.ThrowsAny<DbException>(() => _test.Place.Execute(sql));
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public void Writers_at_once_lose_nothing()
    {
        const int Each = 10;
        List<Thread> threads = [];
        for (int writer = 0; writer < 3; writer++)
        {
            ServerCertificate[] requests = [.. Enumerable.Range(0, Each).Select(_ => _test.Request())];
            threads.Add(new Thread(() =>
            {
                (Postern.Authority.Storage.IInventoryStore store, Inventory inventory) = _test.OpenAgain();
                using (store)
                {
                    foreach (ServerCertificate request in requests) inventory.Issue(request, _test.Key.SignCertificate(request, null, _test.Clock), _test.Key);
                }
            }));
        }

        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        AuditReport report = _test.Inventory.Verify();
        Assert.Empty(report.Findings);
        Assert.Equal((3 * Each) + 1, report.Head.Number);
    }

    public sealed class OnSqlite() : InventoryTests(SqliteTestStore.In);

    public sealed class OnPostgres() : InventoryTests(PostgresTestStore.In);
}
