using Postern.Authority;
using Postern.Authority.Storage;

namespace Postern.Cli.Files;

/// <summary>An inventory with the file that it is in.</summary>
internal sealed record OpenInventory(SqliteInventoryStore Store, Inventory Inventory) : IDisposable
{
    public void Dispose() => Store.Dispose();
}
