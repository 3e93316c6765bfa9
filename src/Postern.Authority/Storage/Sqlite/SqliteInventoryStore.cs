using Microsoft.Data.Sqlite;

namespace Postern.Authority.Storage;

/// <summary>An inventory in one SQLite file (mode 0600), write-ahead log beside it while it is open, every commit on the disk before it counts.</summary>
internal sealed class SqliteInventoryStore : IInventoryStore
{
    // A signature may take a second (SLH-DSA), and others may be waiting too.
    private const int BusySeconds = 60;

    private readonly SqliteConnection _connection;
    private readonly SqliteSession _session;

    private SqliteInventoryStore(string path, SqliteConnection connection)
    {
        Name = path;
        _connection = connection;
        _session = new SqliteSession(path, connection);
    }

    public string Name { get; }

    /// <summary>Makes a file with a copy of all that a transaction of another store sees. The copy is whole or not there.</summary>
    /// <exception cref="IOException">A file is there and is not to be replaced, or it cannot be written.</exception>
    public static void CreateCopy(string path, bool overwrite, IInventoryTransaction source) => Create(path, overwrite, store =>
    {
        using IInventoryTransaction target = store.BeginWrite();
        InventoryCopy.Run(source, target);
        target.Commit();
    });

    /// <summary>Makes a new file and fills it; the file takes its name once it is whole.</summary>
    /// <exception cref="IOException">A file is there, or it cannot be written.</exception>
    public static void Create(string path, Action<IInventoryStore> fill) => Create(path, overwrite: false, fill);

    /// <summary>Opens a file, and brings it to the newest version.</summary>
    /// <exception cref="InventoryException">It is no inventory, damaged, or of a newer version.</exception>
    public static SqliteInventoryStore Open(string path) => Open(path, SqliteSchema.Steps);

    internal static SqliteInventoryStore Open(string path, IReadOnlyList<string> steps)
    {
        SqliteInventoryStore store = new(path, Connect(path, path));
        try
        {
            if (store._session.ReadNumber("PRAGMA application_id") != SqliteSchema.ApplicationId)
            {
                throw new InventoryException(InventoryError.NotAnInventory, $"{path} is no inventory.");
            }

            store.Prepare(steps);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public IInventoryTransaction BeginWrite() => Begin(deferred: false);

    public IInventoryTransaction BeginRead() => Begin(deferred: true);

    public void CheckIntegrity()
    {
        string[] problems = [.. _session.Read("PRAGMA quick_check(1)", reader => reader.GetString(0))];
        if (problems is not ["ok"]) throw new InventoryException(InventoryError.Damaged, $"{Name} is damaged: {string.Join("; ", problems)}");
    }

    public IDisposable? HoldService(string rootSerial)
    {
        // The system takes the lock of a process that was killed.
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            // SQLite follows links, too: the same file is one inventory, whatever it is called.
            string file = File.ResolveLinkTarget(Name, returnFinalTarget: true)?.FullName ?? Name;
            return new FileStream($"{file}-rds-{rootSerial}", options);
        }
        catch (IOException exception)
        {
            throw new InventoryException(
                InventoryError.InUse,
                $"Another 'rds serve' of the root {rootSerial} works on {Name}, which is for one service: stop that one, or keep the inventory in PostgreSQL. ({exception.Message})");
        }
    }

    public void BackUp(string path, bool overwrite)
    {
        using NewDatabaseFile file = new(path, overwrite);
        using (SqliteInventoryStore copy = new(path, Connect(path, file.TemporaryPath)))
        {
            copy._session.Attempt(() => _connection.BackupDatabase(copy._connection));
            copy.CheckIntegrity();
        }

        file.Commit();
    }

    public void Dispose() => _connection.Dispose();

    private static void Create(string path, bool overwrite, Action<IInventoryStore> fill)
    {
        using NewDatabaseFile file = new(path, overwrite);
        using (SqliteInventoryStore store = new(path, Connect(path, file.TemporaryPath)))
        {
            store._session.Execute($"PRAGMA application_id = {SqliteSchema.ApplicationId}");
            store._session.Execute("PRAGMA journal_mode = WAL");
            store.Prepare(SqliteSchema.Steps);
            fill(store);
        }

        file.Commit();
    }

    private static SqliteConnection Connect(string name, string path)
    {
        SqliteConnectionStringBuilder builder = new()
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            ForeignKeys = true,
            DefaultTimeout = BusySeconds,
        };
        SqliteConnection connection = new(builder.ConnectionString);
        try
        {
            SqliteSession session = new(name, connection);
            session.Attempt(connection.Open);
            session.Execute(
                "PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Each step with its number in one transaction: a crash leaves a version, never half of one.
    private void Prepare(IReadOnlyList<string> steps)
    {
        if (SchemaVersion.IsNewest(Name, Version(), steps)) return;
        using SqliteTransaction transaction = _session.Attempt(() => _connection.BeginTransaction(deferred: false));
        for (int i = (int)Version(); i < steps.Count; i++)
        {
            _session.Execute(steps[i]);
            _session.Execute($"PRAGMA user_version = {i + 1}");
        }

        _session.Attempt(transaction.Commit);
    }

    private long Version() => _session.ReadNumber("PRAGMA user_version");

    private InventoryTransaction Begin(bool deferred) =>
        new(_session, _session.Attempt(() => _connection.BeginTransaction(deferred)));
}
