using Microsoft.Data.Sqlite;
using Postern.Authority;
using Postern.Authority.Storage;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

public class InventoryFileTests
{
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
    public void A_damaged_page_is_found_when_it_is_opened()
    {
        using TestInventory test = new();
        for (int i = 0; i < 20; i++) test.Issue();
        test.Store.Dispose();
        using (FileStream file = new(test.Folder["root_inventory.db"], FileMode.Open))
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
    public void Nobody_but_the_owner_can_read_it_or_its_log()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        using TestInventory test = new();
        test.Issue();
        Assert.True(File.Exists(test.Folder["root_inventory.db-wal"]));
        foreach (string name in test.Folder.Names.Where(name => name.StartsWith("root_inventory", StringComparison.Ordinal)))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(test.Folder[name]));
        }
    }

    [Fact]
    public void An_entry_is_not_replaced_by_another()
    {
        using TestInventory test = new();
        SqliteException refused = Assert.Throws<SqliteException>(
            () => test.Place.Execute("INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE number = 1"));
        Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
    }
}
