using Postern.Authority;
using Postern.Authority.Storage;
using Postern.Cli.Terminal;
using Postern.Packets;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Files;

/// <summary>Where the inventory of a root is: in the file or the database that the command line names, else beside the root's certificate.</summary>
internal sealed class InventoryFile(CommandTerminal terminal, string rootPath, string? named)
{
    public const string StandardName = "root_inventory.db";

    private const UnixFileMode OwnerMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly PostgresAddress? _server = named is not null && PostgresAddress.IsAddress(named) ? PostgresAddress.Parse(named) : null;

    /// <summary>What it is in messages.</summary>
    public string Name => _server?.Name ?? FilePath;

    private string FilePath => named ?? Path.Combine(
        rootPath == FileBytes.StandardInput ? string.Empty : Path.GetDirectoryName(rootPath) ?? string.Empty, StandardName);

    /// <summary>Sees that a file can be made there, before anyone is asked for a passphrase. A server says so itself.</summary>
    public void ExpectRoom()
    {
        if (_server is not null) return;
        if (File.Exists(FilePath)) throw new CommandException(ExitCode.File, $"{FilePath} exists already; an inventory is never replaced.");
        OutputFiles.ExpectFolderOf(FilePath);
    }

    /// <summary>Tells whether a path is the inventory's own.</summary>
    public bool IsAt(string path) => _server is null && Path.GetFullPath(path) == Path.GetFullPath(FilePath);

    /// <summary>Makes the inventory of a root; it is there in full or not at all.</summary>
    public void Create(RootCertificate root, RootKey key)
    {
        if (_server is null) SqliteInventoryStore.Create(FilePath, Fill);
        else PostgresInventoryStore.Create(_server, Fill);

        void Fill(IInventoryStore store) => Inventory.Create(store, root, key, terminal.Clock, Actor());
    }

    /// <summary>Opens it; null if none was named and none is beside the root.</summary>
    public OpenInventory? TryOpen(RootCertificate root) => named is null && !File.Exists(FilePath) ? null : Open(root);

    /// <summary>Opens it; it must be there.</summary>
    public OpenInventory Open(RootCertificate root) => Open(root, Inventory.Open);

    /// <summary>Opens it, whatever its log looks like.</summary>
    public OpenInventory OpenForAudit(RootCertificate root) => Open(root, Inventory.OpenForAudit);

    private static string Actor() => Environment.UserName is { Length: > 0 } name ? ForeignText.Printable(name) : "unknown";

    private OpenInventory Open(RootCertificate root, Func<IInventoryStore, RootCertificate, TimeProvider, string, Inventory> open)
    {
        IInventoryStore store = _server is null ? OpenFile() : PostgresInventoryStore.Open(_server);
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

    private SqliteInventoryStore OpenFile()
    {
        if (!File.Exists(FilePath))
        {
            throw new CommandException(ExitCode.File, $"There is no inventory {FilePath}: make it with 'postern root init', or say where it is with --inventory.");
        }

        WarnIfOthersMay();
        return SqliteInventoryStore.Open(FilePath);
    }

    private void WarnIfOthersMay()
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(FilePath) & ~OwnerMode) == UnixFileMode.None) return;
        terminal.WriteWarning($"others than its owner can use {FilePath}: run 'chmod 600' on it.");
    }
}
