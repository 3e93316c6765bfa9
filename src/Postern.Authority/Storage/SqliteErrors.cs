using Microsoft.Data.Sqlite;

namespace Postern.Authority.Storage;

/// <summary>The one place where SQLite's errors become the inventory's.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Corrupt = 11;
    private const int NoDatabase = 26;

    public static void Translate(string name, Action access) => Translate(name, () =>
    {
        access();
        return true;
    });

    public static T Translate<T>(string name, Func<T> access)
    {
        try
        {
            return access();
        }
        catch (SqliteException exception)
        {
            throw exception.SqliteErrorCode switch
            {
                Busy => new InventoryException(InventoryError.Storage, $"{name} is held by another process.", exception),
                Corrupt => new InventoryException(InventoryError.Damaged, $"{name} is damaged: {exception.Message}", exception),
                NoDatabase => new InventoryException(InventoryError.NotAnInventory, $"{name} is no inventory.", exception),
                _ => new InventoryException(InventoryError.Storage, $"{name}: {exception.Message}", exception),
            };
        }
    }
}
