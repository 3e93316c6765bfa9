using System.Security.Cryptography;
using Postern.Authority;
using Postern.Authority.Audit;
using Postern.Authority.Records;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

/// <summary>Somebody who can write to the store, and has not the root's key. The inventory: root, a, b, b renewed, a revoked, c.</summary>
public abstract class AuditTamperingTests : IDisposable
{
    private readonly TestInventory _test;
    private readonly CertificateRecord _a;

    private protected AuditTamperingTests(Func<TestFolder, TestStore> place)
    {
        _test = new TestInventory(place);
        _a = _test.Issue("a");
        _test.Renew(_test.Issue("b"));
        _test.Revoke(_a);
        _test.Issue("c");
        Assert.Empty(_test.Inventory.Verify().Findings);
    }

    public void Dispose()
    {
        _test.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("time = time + 1")]
    [InlineData("actor = 'another'")]
    [InlineData("action = 'renewed'")]
    [InlineData("subject = (SELECT subject FROM audit WHERE number = 3)")]
    [InlineData("details = details || 'x'")]
    [InlineData("previous = zeroblob(32)")]
    [InlineData("hash = zeroblob(32)")]
    public void A_changed_entry_is_found(string change)
    {
        _test.Tamper($"UPDATE audit SET {change} WHERE number = 2");
        Expect("Entry 2 was changed");
    }

    [Fact]
    public void A_changed_signature_is_found()
    {
        _test.Tamper("UPDATE audit SET signature = (SELECT signature FROM audit WHERE number = 3) WHERE number = 2");
        Expect("Entry 2 has a signature that is not the root's");
    }

    [Fact]
    public void A_missing_signature_is_found()
    {
        _test.Tamper("UPDATE audit SET signature = NULL WHERE number = 2");
        Expect("Entry 2 is not signed");
    }

    [Fact]
    public void A_removed_entry_is_found()
    {
        _test.Tamper("DELETE FROM audit WHERE number = 3");
        Expect("Entry 4 follows entry 2");
    }

    [Fact]
    public void A_removed_last_entry_is_found()
    {
        _test.Tamper("DELETE FROM audit WHERE number = 6; DELETE FROM certificates WHERE entry = 6; DELETE FROM requests WHERE serial NOT IN (SELECT serial FROM certificates);");
        Expect("The log ends with entry 5, its head is entry 6");
        Assert.Equal(
            InventoryError.Damaged,
            Assert.Throws<InventoryException>(() => Inventory.Open(_test.Store, _test.Root, _test.Clock, TestInventory.Actor)).Error);
    }

    [Fact]
    public void Reordered_entries_are_found()
    {
        _test.Tamper("UPDATE audit SET number = -3 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 4; UPDATE audit SET number = 4 WHERE number = -3;");
        Expect("Entry 3 does not follow from the entry before it");
    }

    [Fact]
    public void An_inserted_entry_is_found_though_its_hash_is_right()
    {
        AuditEntry entry = AuditEntry.After(_test.Inventory.ReadLog()[^1].Head, _test.Clock.GetUtcNow(), "x", AuditAction.Revoked, _a.Serial, "reason: cessation\n");
        string hash = Convert.ToHexString(entry.Hash.Span);
        _test.Tamper(
            $"""
            INSERT INTO audit SELECT {entry.Number}, {entry.Time.ToUnixTimeSeconds()}, 'x', 'revoked', '{_a.Serial}', '{entry.Details}',
                hash, X'{hash}', signer, signature FROM audit WHERE number = {entry.Number - 1};
            UPDATE audit_head SET number = {entry.Number}, hash = X'{hash}';
            """);
        Expect("Entry 7 has a signature that is not the root's");
        Expect("Entry 7 says 'revoked");
        Assert.Throws<InventoryException>(() => Inventory.Open(_test.Store, _test.Root, _test.Clock, TestInventory.Actor));
    }

    [Fact]
    public void A_changed_head_is_found()
    {
        _test.Tamper("UPDATE audit_head SET number = 5");
        Expect("its head is entry 5");
    }

    [Fact]
    public void A_certificate_that_no_entry_has_is_found()
    {
        _test.Tamper(
            """
            INSERT INTO requests SELECT substr(serial, 2) || substr(serial, 1, 1), valid_from, valid_to, hash FROM requests LIMIT 1;
            INSERT INTO certificates SELECT substr(serial, 2) || substr(serial, 1, 1), 1, root, name, suite, valid_from, valid_to, issued_at, issued_by, NULL, 99, certificate
                FROM certificates LIMIT 1;
            """);
        Expect("the log has no entry 99");
    }

    [Fact]
    public void An_entry_whose_certificate_is_gone_is_found()
    {
        _test.Tamper("DELETE FROM certificates WHERE entry = 6");
        Expect("Entry 6 says 'issued");
        Expect("there is no certificate");
    }

    [Fact]
    public void Another_certificate_under_a_recorded_serial_is_found()
    {
        // The root did sign it: elsewhere.
        byte[] other = _test.Key.SignCertificate(_a.Parse(), TimeSpan.FromDays(700), _test.Clock).ToBytes();
        _test.Tamper($"UPDATE certificates SET certificate = X'{Convert.ToHexString(other)}' WHERE entry = {_a.Entry}");
        Expect($"Entry {_a.Entry} does not say what the inventory has");
        Expect("its columns are not those of the certificate");
    }

    [Fact]
    public void A_certificate_that_the_root_did_not_sign_is_found()
    {
        byte[] data = _a.Certificate.ToArray();
        data[100] ^= 1;
        _test.Tamper($"UPDATE certificates SET certificate = X'{Convert.ToHexString(data)}' WHERE entry = {_a.Entry}");
        Expect("was not signed by the root");
    }

    [Theory]
    [InlineData("name = 'another'", "columns")]
    [InlineData("valid_to = valid_to + 1", "columns")]
    [InlineData("issued_at = issued_at + 1", "does not say")]
    [InlineData("issued_by = 'another'", "does not say")]
    [InlineData("replaced_by = 2", "replaced by 2")]
    [InlineData("generation = 2", "is missing")]
    public void A_changed_column_is_found(string change, string finding)
    {
        _test.Tamper($"UPDATE certificates SET {change} WHERE entry = {_a.Entry}");
        Expect(finding);
    }

    [Fact]
    public void A_replaced_certificate_that_poses_as_the_newest_is_found()
    {
        _test.Tamper("UPDATE certificates SET replaced_by = NULL");
        Expect("replaced by none");
    }

    [Fact]
    public void A_changed_request_is_found()
    {
        _test.Tamper("UPDATE requests SET valid_to = valid_to + 86400");
        Expect("it was not made from its request");
    }

    [Fact]
    public void A_removed_revocation_is_found()
    {
        _test.Tamper("DELETE FROM revocations");
        Expect($"Entry 5 says 'revoked {_a.Serial}'");
    }

    [Fact]
    public void A_changed_reason_is_found()
    {
        _test.Tamper("UPDATE revocations SET reason = 'superseded'");
        Expect("Entry 5 does not say what the inventory has");
    }

    [Fact]
    public void A_revocation_that_no_entry_has_is_found()
    {
        _test.Tamper("INSERT INTO revocations SELECT serial, 'cessation', issued_at, issued_by, 77 FROM certificates WHERE entry = 6");
        Expect("the log has no entry 77");
    }

    [Fact]
    public void The_encoding_of_an_entry_is_the_documented_one()
    {
        AuditEntry entry = _test.Inventory.ReadLog()[1];
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        foreach (byte[] field in (byte[][])
            [
                "Postern audit entry v1"u8.ToArray(),
                BitConverter.GetBytes(2L),
                BitConverter.GetBytes(CommandHost.VectorTime.ToUnixTimeSeconds()),
                "somebody"u8.ToArray(),
                "issued"u8.ToArray(),
                System.Text.Encoding.ASCII.GetBytes(_a.Serial),
                System.Text.Encoding.ASCII.GetBytes(entry.Details),
                _test.Inventory.ReadLog()[0].Hash.ToArray(),
            ])
        {
            writer.Write(field.Length);
            writer.Write(field);
        }

        byte[] hash = new byte[32];
        Cryptography.Sha3.HashData256(bytes.ToArray(), hash);
        Assert.Equal(hash, entry.Hash.ToArray());
        if (SHA3_256.IsSupported) Assert.Equal(SHA3_256.HashData(bytes.ToArray()), entry.Hash.ToArray());
    }

    private void Expect(string finding) =>
        Assert.Contains(_test.Inventory.Verify().Findings, found => found.Contains(finding, StringComparison.Ordinal));

    public sealed class OnSqlite() : AuditTamperingTests(SqliteTestStore.In);

    public sealed class OnPostgres() : AuditTamperingTests(PostgresTestStore.In);
}
