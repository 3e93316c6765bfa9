using Postern.Authority;
using Postern.Authority.Storage;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Files;

/// <summary>Where the inventory of a root is: where the command line says, else beside the root's certificate.</summary>
internal sealed class InventoryFile(CommandTerminal terminal, string rootPath, string? named)
{
    public const string StandardName = "root_inventory.db";

    private const UnixFileMode OwnerMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string FilePath => named ?? Path.Combine(
        rootPath == FileBytes.StandardInput ? string.Empty : Path.GetDirectoryName(rootPath) ?? string.Empty, StandardName);

    /// <summary>Makes the inventory of a root; the file is there in full or not at all.</summary>
    public void Create(RootCertificate root, RootKey key) =>
        SqliteInventoryStore.Create(FilePath, store => Inventory.Create(store, root, key, terminal.Clock, Actor()));

    /// <summary>Opens it; null if none was named and none is beside the root.</summary>
    public OpenInventory? TryOpen(RootCertificate root) => named is null && !File.Exists(FilePath) ? null : Open(root);

    /// <summary>Opens it; it must be there.</summary>
    public OpenInventory Open(RootCertificate root) => Open(root, Inventory.Open);

    /// <summary>Opens it, whatever its log looks like.</summary>
    public OpenInventory OpenForAudit(RootCertificate root) => Open(root, Inventory.OpenForAudit);

    private static string Actor() => Environment.UserName is { Length: > 0 } name ? CommandTerminal.Printable(name) : "unknown";

    private OpenInventory Open(RootCertificate root, Func<IInventoryStore, RootCertificate, TimeProvider, string, Inventory> open)
    {
        if (!File.Exists(FilePath))
        {
            throw new CommandException(ExitCode.File, $"There is no inventory {FilePath}: make it with 'postern root init', or say where it is with --inventory.");
        }

        WarnIfOthersMay();
        SqliteInventoryStore store = SqliteInventoryStore.Open(FilePath);
        try
        {
            return new OpenInventory(store, open(store, root, terminal.Clock, Actor()));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private void WarnIfOthersMay()
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(FilePath) & ~OwnerMode) == UnixFileMode.None) return;
        terminal.WriteWarning($"others than its owner can use {FilePath}: run 'chmod 600' on it.");
    }
}
