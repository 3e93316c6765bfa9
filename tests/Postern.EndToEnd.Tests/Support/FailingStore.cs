using Postern.Authority;
using Postern.Authority.Storage;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A store whose disk is full after some changes.</summary>
internal sealed class FailingStore(IInventoryStore inner, int changes) : IInventoryStore
{
    private int _left = changes;

    public string Name => inner.Name;

    public IInventoryTransaction BeginWrite() => _left-- > 0 ? inner.BeginWrite() : throw new InventoryException(InventoryError.Storage, "The disk is full.");

    public IInventoryTransaction BeginRead() => inner.BeginRead();

    public void CheckIntegrity() => inner.CheckIntegrity();

    public IDisposable? HoldService(string rootSerial) => inner.HoldService(rootSerial);

    public void BackUp(string path, bool overwrite) => inner.BackUp(path, overwrite);

    public void Dispose() => inner.Dispose();
}
