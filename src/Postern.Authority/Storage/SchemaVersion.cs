namespace Postern.Authority.Storage;

/// <summary>What every store says of its version. The position of a step is the version that it leads to.</summary>
internal static class SchemaVersion
{
    /// <summary>Tells whether no step is left to do.</summary>
    /// <exception cref="InventoryException">A newer program made it.</exception>
    public static bool IsNewest(string name, long version, IReadOnlyList<string> steps) => version <= steps.Count
        ? version == steps.Count
        : throw new InventoryException(InventoryError.TooNew, $"{name} is of version {version}; this program knows {steps.Count}. Use a newer one.");
}
