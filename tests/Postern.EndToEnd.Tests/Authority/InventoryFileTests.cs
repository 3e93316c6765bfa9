using Postern.Authority;
using Postern.Authority.Records;
using Postern.Authority.Storage;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

public class InventoryFileTests
{
    [Fact]
    public void A_file_of_an_older_version_is_brought_to_the_newest_with_all_it_holds()
    {
        using TestInventory test = new();
        CertificateRecord certificate = test.Issue();
        test.Store.Dispose();
        string[] steps = [.. SqliteSchema.Steps, "ALTER TABLE certificates ADD COLUMN note TEXT; UPDATE certificates SET note = 'from version 1';"];
        using (SqliteInventoryStore newer = SqliteInventoryStore.Open(test.Path, steps))
        {
            Inventory inventory = Inventory.Open(newer, test.Root, test.Clock, TestInventory.Actor);
            Assert.Equal(certificate.Certificate.ToArray(), inventory.Find(certificate.Serial).Certificate.ToArray());
            Assert.Empty(inventory.Verify().Findings);
        }

        // The step ran, and once: a column cannot be added twice.
        SqliteInventoryStore.Open(test.Path, steps).Dispose();
        InventoryException old = Assert.Throws<InventoryException>(() => SqliteInventoryStore.Open(test.Path));
        Assert.Equal(InventoryError.TooNew, old.Error);
    }

    [Fact]
    public void A_step_that_fails_leaves_the_version_before_it()
    {
        using TestInventory test = new();
        test.Issue();
        test.Store.Dispose();
        string[] steps = [.. SqliteSchema.Steps, "ALTER TABLE certificates ADD COLUMN note TEXT; SELECT * FROM nothing;"];
        Assert.Throws<InventoryException>(() => SqliteInventoryStore.Open(test.Path, steps));
        (SqliteInventoryStore store, Inventory inventory) = test.OpenAgain();
        using (store) Assert.Empty(inventory.Verify().Findings);
    }

    [Fact]
    public void What_is_no_inventory_is_not_opened()
    {
        using TestFolder folder = new();
        string text = folder.Write("text", "no database, but long enough to be one, if only it began as one does"u8);
        Assert.Equal(InventoryError.NotAnInventory, Assert.Throws<InventoryException>(() => SqliteInventoryStore.Open(text)).Error);
        string empty = folder.Write("empty", []);
        Assert.Equal(InventoryError.NotAnInventory, Assert.Throws<InventoryException>(() => SqliteInventoryStore.Open(empty)).Error);
    }

    [Fact]
    public void The_inventory_of_another_root_is_not_opened()
    {
        using TestInventory test = new();
        using TestInventory other = new();
        InventoryException refused = Assert.Throws<InventoryException>(
            () => Inventory.Open(test.Store, other.Root, test.Clock, TestInventory.Actor));
        Assert.Equal(InventoryError.OtherRoot, refused.Error);
    }

    [Fact]
    public void A_damaged_page_is_found_when_it_is_opened()
    {
        using TestInventory test = new();
        for (int i = 0; i < 20; i++) test.Issue();
        test.Store.Dispose();
        using (FileStream file = new(test.Path, FileMode.Open))
        {
            // Whole pages behind the schema's.
            file.Position = 8 * 4096;
            file.Write(Enumerable.Repeat((byte)0x5A, 8 * 4096).ToArray());
        }

        Assert.Equal(InventoryError.Damaged, Assert.Throws<InventoryException>(() => { test.OpenAgain().Store.Dispose(); }).Error);
    }

    [Fact]
    public void An_inventory_that_cannot_be_filled_is_not_there()
    {
        using TestFolder folder = new();
        Assert.Throws<InvalidOperationException>(
            () => SqliteInventoryStore.Create(folder["new.db"], _ => throw new InvalidOperationException("no root")));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void A_backup_taken_while_it_is_open_is_whole()
    {
        using TestInventory test = new();
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
}
