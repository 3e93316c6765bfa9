using Postern.Authority;
using Postern.Authority.Audit;
using Postern.Authority.Records;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary>One inventory, two roots: the old one has issued a and b, the new one c; then the old one has revoked b.</summary>
public sealed class RolloverInventoryTests : IDisposable
{
    private readonly TestInventory _test = new();
    private readonly RootKey _newKey;
    private readonly RootCertificate _newRoot;
    private readonly CertificateRecord _a;
    private readonly CertificateRecord _b;
    private readonly CertificateRecord _c;

    public RolloverInventoryTests()
    {
        _newKey = RootKey.Generate(QstpSuites.DilithiumS1KyberS1, "New root", TimeSpan.FromDays(2000), _test.Clock);
        _newRoot = _newKey.CreateCertificate();
        _a = _test.Issue("a");
        _b = _test.Issue("b");
        _test.Inventory.AddRoot(_newRoot, _newKey, _test.Key);
        _c = IssueNew("c");
        _test.Revoke(_b);
    }

    private Inventory New => Inventory.Open(_test.Store, _newRoot, _test.Clock, TestInventory.Actor);

    public void Dispose()
    {
        _newKey.Dispose();
        _test.Dispose();
    }

    [Fact]
    public void The_log_verifies_from_either_root()
    {
        AuditReport report = _test.Inventory.Verify();
        Assert.Empty(report.Findings);
        Assert.Equal((7, 3, 2), (report.Head.Number, report.Certificates, report.Roots.Count));
        Assert.Empty(New.Verify().Findings);
        Assert.Equal(
            [AuditAction.RootAdded, AuditAction.Issued, AuditAction.Issued, AuditAction.RootAdded, AuditAction.RootJoined, AuditAction.Issued, AuditAction.Revoked],
            _test.Inventory.ReadLog().Select(entry => entry.Action),
            StringComparer.Ordinal);
        (string old, string added) = (_test.Root.SerialNumber, _newRoot.SerialNumber);
        Assert.Equal([old, old, old, old, added, added, old], _test.Inventory.ReadLog().Select(entry => entry.Signer), StringComparer.Ordinal);
    }

    [Fact]
    public void Each_root_changes_its_own_certificates_only()
    {
        InventoryException refused = Assert.Throws<InventoryException>(() => New.Revoke(_a.Serial, RevocationReason.Cessation, _newKey));
        Assert.Equal((InventoryError.OtherRootsCertificate, true), (refused.Error, refused.IsRefusal));
        Assert.Contains(_test.Root.SerialNumber, refused.Message, StringComparison.Ordinal);
        Assert.Throws<InventoryException>(() => New.Renew(_a, _newKey.SignCertificate(_a.Parse(), null, _test.Clock), _newKey));
        Assert.Throws<InventoryException>(() => _test.Revoke(_c));
        _test.Renew(_a);
        Assert.Empty(New.Verify().Findings);
    }

    [Fact]
    public void Each_root_publishes_its_own_revocations()
    {
        New.Revoke(_c.Serial, RevocationReason.Cessation, _newKey);
        RevocationList old = _test.Inventory.PublishRevocations(_test.Key, TimeSpan.FromDays(7));
        RevocationList added = New.PublishRevocations(_newKey, TimeSpan.FromDays(7));
        Assert.Equal([_b.Serial], old.ReadUnverifiedEntries().Select(entry => entry.SerialNumber), StringComparer.Ordinal);
        Assert.Equal([_c.Serial], added.ReadUnverifiedEntries().Select(entry => entry.SerialNumber), StringComparer.Ordinal);
        Assert.Equal((1, 2), (old.Number, added.Number));
        Assert.Empty(_test.Inventory.Verify().Findings);
        Assert.Empty(New.Verify().Findings);
        _test.Tamper("UPDATE revocation_lists SET digest = upper(hex(randomblob(32))) WHERE number = 2");
        Expect("Revocation list 2");
    }

    [Fact]
    public void A_third_root_follows_the_second()
    {
        using RootKey key = RootKey.Generate(QstpSuites.DilithiumS1KyberS1, "Third root", TimeSpan.FromDays(2000), _test.Clock);
        RootCertificate third = key.CreateCertificate();
        New.AddRoot(third, key, _newKey);
        foreach (RootCertificate root in (RootCertificate[])[_test.Root, _newRoot, third])
        {
            Assert.Empty(Inventory.Open(_test.Store, root, _test.Clock, TestInventory.Actor).Verify().Findings);
        }
    }

    [Fact]
    public void A_root_is_added_once() =>
        Assert.Equal(InventoryError.AlreadyIssued, Assert.Throws<InventoryException>(() => _test.Inventory.AddRoot(_newRoot, _newKey, _test.Key)).Error);

    [Fact]
    public void A_root_that_nobody_added_is_not_trusted()
    {
        (RootCertificate root, AuditEntry[] entries) = Impostor();
        _test.Tamper(SqlOf(root, entries));
        Expect($"Root {root.SerialNumber}: no trusted root added it");
        Expect($"Entry {entries[0].Number} is not signed by a root that is trusted");
        Assert.Equal(
            InventoryError.Damaged, Assert.Throws<InventoryException>(() => Inventory.Open(_test.Store, _test.Root, _test.Clock, TestInventory.Actor)).Error);
        Assert.NotEmpty(Inventory.OpenForAudit(_test.Store, _newRoot, _test.Clock, TestInventory.Actor).Verify().Findings);
    }

    [Theory]
    [InlineData("UPDATE roots SET certificate = zeroblob(100) WHERE entry = 4")]
    [InlineData("DELETE FROM roots WHERE entry = 4")]
    [InlineData("UPDATE audit SET signature = (SELECT signature FROM audit WHERE number = 3) WHERE number = 4")]
    [InlineData("UPDATE audit SET signer = (SELECT signer FROM audit WHERE number = 5) WHERE number = 4")]
    [InlineData("UPDATE audit SET signer = (SELECT signer FROM audit WHERE number = 1) WHERE number = 6")]
    [InlineData("DELETE FROM audit WHERE number = 5")]
    [InlineData("UPDATE certificates SET root = (SELECT serial FROM roots WHERE entry = 1)")]
    public void What_is_changed_about_the_new_root_is_found(string sql)
    {
        _test.Tamper(sql);
        Assert.NotEmpty(_test.Inventory.Verify().Findings);
    }

    [Fact]
    public void Another_first_root_is_found_by_who_has_the_newest()
    {
        // The whole history again, by somebody with a root of his own: only the entry of the newest root he cannot sign.
        using RootKey other = RootKey.Generate(QstpSuites.DilithiumS1KyberS1, "Test root", TimeSpan.FromDays(1000), _test.Clock);
        RootCertificate otherRoot = other.CreateCertificate();
        using TestFolder folder = new();
        string path = folder["forged.db"];
        Postern.Authority.Storage.SqliteInventoryStore.Create(path, store =>
        {
            Inventory forged = Inventory.Create(store, otherRoot, other, _test.Clock, TestInventory.Actor);
            forged.AddRoot(_newRoot, other, other);
        });
        using Postern.Authority.Storage.SqliteInventoryStore opened = Postern.Authority.Storage.SqliteInventoryStore.Open(path);
        Assert.Throws<InventoryException>(() => Inventory.Open(opened, _newRoot, _test.Clock, TestInventory.Actor));
        Inventory audited = Inventory.OpenForAudit(opened, _newRoot, _test.Clock, TestInventory.Actor);
        Assert.Contains(audited.Verify().Findings, finding => finding.Contains("no trusted root added it", StringComparison.Ordinal));
    }

    private CertificateRecord IssueNew(string name)
    {
        ServerCertificate request = _test.Request(name);
        return New.Issue(request, _newKey.SignCertificate(request, TimeSpan.FromDays(90), _test.Clock), _newKey);
    }

    // A root of somebody's own, with entries as they should be but for who signed them.
    private (RootCertificate Root, AuditEntry[] Entries) Impostor()
    {
        using RootKey key = RootKey.Generate(QstpSuites.DilithiumS1KyberS1, "Impostor", TimeSpan.FromDays(2000), _test.Clock);
        RootCertificate root = key.CreateCertificate();
        AuditHead head = _test.Inventory.ReadLog()[^1].Head;
        string serial = root.SerialNumber;
        RootRecord record = RootRecord.Of(root, head.Number + 1);
        AuditEntry adding = AuditEntry.After(head, _test.Clock.GetUtcNow(), "x", AuditAction.RootAdded, serial, AuditDetails.Of(record));
        adding = adding with { Signer = serial, Signature = AuditSignature.Sign(key, adding.Head) };
        AuditEntry joining = AuditEntry.After(
            adding.Head, _test.Clock.GetUtcNow(), "x", AuditAction.RootJoined, serial, AuditDetails.OfJoining(RootRecord.Of(_test.Root, 1)));
        joining = joining with { Signer = serial, Signature = AuditSignature.Sign(key, joining.Head) };
        return (root, [adding, joining]);
    }

    private static string SqlOf(RootCertificate root, AuditEntry[] entries)
    {
        static string Hex(ReadOnlyMemory<byte> bytes) => $"X'{Convert.ToHexString(bytes.Span)}'";
        IEnumerable<string> rows = entries.Select(entry =>
            $"INSERT INTO audit VALUES ({entry.Number}, {entry.Time.ToUnixTimeSeconds()}, 'x', '{entry.Action}', '{entry.Subject}', '{entry.Details}', "
            + $"{Hex(entry.Previous)}, {Hex(entry.Hash)}, '{entry.Signer}', {Hex(entry.Signature!.Value)});");
        AuditEntry last = entries[^1];
        return string.Concat(rows)
            + $"INSERT INTO roots VALUES ('{root.SerialNumber}', {entries[0].Number}, {Hex(root.ToBytes())});"
            + $"UPDATE audit_head SET number = {last.Number}, hash = {Hex(last.Hash)};";
    }

    private void Expect(string finding) =>
        Assert.Contains(_test.Inventory.Verify().Findings, found => found.Contains(finding, StringComparison.Ordinal));
}
