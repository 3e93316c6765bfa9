namespace Postern.Authority.Storage;

/// <summary>Where an inventory is kept. It keeps rows and knows no rules: those are <see cref="Inventory"/>'s.</summary>
internal interface IInventoryStore : IDisposable
{
    /// <summary>What this is in messages: a path, or a server and its database.</summary>
    string Name { get; }

    /// <summary>A transaction that alone may write. Waits for the one before it.</summary>
    /// <exception cref="InventoryException">The store fails, or another has held it for a minute.</exception>
    IInventoryTransaction BeginWrite();

    /// <summary>A transaction that sees the store as it is now, whatever others write meanwhile.</summary>
    /// <exception cref="InventoryException">The store fails.</exception>
    IInventoryTransaction BeginRead();

    /// <summary>Looks for damage of the store itself, not of what it holds.</summary>
    /// <exception cref="InventoryException">It is damaged.</exception>
    void CheckIntegrity();

    /// <summary>Says that a service of that root works on it, until the result is disposed of or the process ends.</summary>
    /// <exception cref="InventoryException">Another one does, and this store is for one.</exception>
    IDisposable? HoldService(string rootSerial);

    /// <summary>Copies it into a file, as it is now, while others may use it. The copy is whole or not there.</summary>
    /// <exception cref="IOException">A file is there and is not to be replaced, or it cannot be written.</exception>
    void BackUp(string path, bool overwrite);
}
