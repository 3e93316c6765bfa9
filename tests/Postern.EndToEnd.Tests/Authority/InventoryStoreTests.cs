using Postern.Authority;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

public abstract class InventoryStoreTests
{
    private readonly Func<TestFolder, TestStore> _place;

    private protected InventoryStoreTests(Func<TestFolder, TestStore> place) => _place = place;

    [Fact]
    public void A_store_of_an_older_version_is_brought_to_the_newest_with_all_it_holds()
    {
        using TestInventory test = new(_place);
        CertificateRecord certificate = test.Issue();
        test.Store.Dispose();
        string[] steps = [.. test.Place.Steps, "ALTER TABLE certificates ADD COLUMN note TEXT; UPDATE certificates SET note = 'from version 1';"];
        using (IInventoryStore newer = test.Place.Open(steps))
        {
            Inventory inventory = Inventory.Open(newer, test.Root, test.Clock, TestInventory.Actor);
            Assert.Equal(certificate.Certificate.ToArray(), inventory.Find(certificate.Serial).Certificate.ToArray());
            Assert.Empty(inventory.Verify().Findings);
        }

        // The step ran, and once: a column cannot be added twice.
        test.Place.Open(steps).Dispose();
        InventoryException old = Assert.Throws<InventoryException>(() => test.Place.Open());
        Assert.Equal(InventoryError.TooNew, old.Error);
    }

    [Fact]
    public void A_step_that_fails_leaves_the_version_before_it()
    {
        using TestInventory test = new(_place);
        test.Issue();
        test.Store.Dispose();
        string[] steps = [.. test.Place.Steps, "ALTER TABLE certificates ADD COLUMN note TEXT; SELECT * FROM nothing;"];
        Assert.Throws<InventoryException>(() => test.Place.Open(steps));
        (IInventoryStore store, Inventory inventory) = test.OpenAgain();
        using (store) Assert.Empty(inventory.Verify().Findings);
    }

    [Fact]
    public void The_inventory_of_another_root_is_not_opened()
    {
        using TestInventory test = new(_place);
        using TestInventory other = new(_place);
        InventoryException refused = Assert.Throws<InventoryException>(
            () => Inventory.Open(test.Store, other.Root, test.Clock, TestInventory.Actor));
        Assert.Equal(InventoryError.OtherRoot, refused.Error);
    }

    [Fact]
    public void A_backup_taken_while_it_is_open_is_whole()
    {
        using TestInventory test = new(_place);
        CertificateRecord certificate = test.Issue();
        string copy = test.Folder["copy.db"];
        test.Store.BackUp(copy, overwrite: false);
        test.Issue();
        Assert.Throws<IOException>(() => test.Store.BackUp(copy, overwrite: false));
        using (SqliteInventoryStore store = SqliteInventoryStore.Open(copy))
        {
            Inventory inventory = Inventory.Open(store, test.Root, test.Clock, TestInventory.Actor);
            Assert.Empty(inventory.Verify().Findings);
            Assert.Equal([certificate.Serial], inventory.List(new CertificateQuery()).Select(found => found.Serial), StringComparer.Ordinal);
        }

        test.Store.BackUp(copy, overwrite: true);
        using SqliteInventoryStore later = SqliteInventoryStore.Open(copy);
        Assert.Equal(3, Inventory.Open(later, test.Root, test.Clock, TestInventory.Actor).ReadLog().Count);
    }

    public sealed class OnSqlite() : InventoryStoreTests(SqliteTestStore.In);

    public sealed class OnPostgres() : InventoryStoreTests(PostgresTestStore.In);
}
