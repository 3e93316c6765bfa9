using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Postern.Authority.Storage;

/// <summary>Statements on a connection to SQLite.</summary>
internal sealed class SqliteSession(string name, SqliteConnection connection) : SqlSession(name, connection)
{
    private const int Busy = 5;
    private const int Corrupt = 11;
    private const int NoDatabase = 26;

    protected override InventoryException Translate(DbException exception) => (exception as SqliteException)?.SqliteErrorCode switch
    {
        Busy => new InventoryException(InventoryError.Storage, $"{Name} is held by another process.", exception),
        Corrupt => new InventoryException(InventoryError.Damaged, $"{Name} is damaged: {exception.Message}", exception),
        NoDatabase => new InventoryException(InventoryError.NotAnInventory, $"{Name} is no inventory.", exception),
        _ => new InventoryException(InventoryError.Storage, $"{Name}: {exception.Message}", exception),
    };
}
