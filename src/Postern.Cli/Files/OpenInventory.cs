using Postern.Authority;
using Postern.Authority.Storage;

namespace Postern.Cli.Files;

/// <summary>An inventory with the store that it is in.</summary>
internal sealed record OpenInventory(IInventoryStore Store, Inventory Inventory) : IDisposable
{
    public void Dispose() => Store.Dispose();
}
