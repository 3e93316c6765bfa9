namespace Postern.Authority;

/// <summary>An inventory that cannot be used, or that refuses; nothing was changed.</summary>
internal sealed class InventoryException(InventoryError error, string message, Exception? cause = null) : IOException(message, cause)
{
    public InventoryError Error { get; } = error;

    /// <summary>The inventory works, and its answer is no.</summary>
    public bool IsRefusal => Error is InventoryError.UnknownSerial
        or InventoryError.AlreadyIssued
        or InventoryError.Revoked
        or InventoryError.Changed
        or InventoryError.OtherRootsCertificate
        or InventoryError.TokenRefused
        or InventoryError.RequestRefused
        or InventoryError.UnknownRequest
        or InventoryError.TooMany;
}
