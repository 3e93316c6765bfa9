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

    /// <summary>Makes a new file and fills it; the file takes its name once it is whole.</summary>
    /// <exception cref="IOException">A file is there, or it cannot be written.</exception>
    public static void Create(string path, Action<IInventoryStore> fill)
    {
        using NewDatabaseFile file = new(path, overwrite: false);
        using (SqliteInventoryStore store = new(path, Connect(path, file.TemporaryPath)))
        {
            store._session.Execute($"PRAGMA application_id = {SqliteSchema.ApplicationId}");
            store._session.Execute("PRAGMA journal_mode = WAL");
            store.Prepare(SqliteSchema.Steps);
            fill(store);
        }

        file.Commit();
    }

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

    /// <summary>Copies it as it is now, while others may use it. The copy is whole or not there.</summary>
    /// <exception cref="IOException">A file is there and is not to be replaced, or it cannot be written.</exception>
    public void BackUp(string path, bool overwrite)
    {
        using NewDatabaseFile file = new(path, overwrite);
        using (SqliteInventoryStore copy = new(path, Connect(path, file.TemporaryPath)))
        {
            SqliteErrors.Translate(path, () => _connection.BackupDatabase(copy._connection));
            copy.CheckIntegrity();
        }

        file.Commit();
    }

    public void Dispose() => _connection.Dispose();

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
            SqliteErrors.Translate(name, connection.Open);
            new SqliteSession(name, connection).Execute(
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
        long version = Version();
        if (version > steps.Count)
        {
            throw new InventoryException(InventoryError.TooNew, $"{Name} is of version {version}; this program knows {steps.Count}. Use a newer one.");
        }

        if (version == steps.Count) return;
        using SqliteTransaction transaction = SqliteErrors.Translate(Name, () => _connection.BeginTransaction(deferred: false));
        for (int i = (int)Version(); i < steps.Count; i++)
        {
            _session.Execute(steps[i]);
            _session.Execute($"PRAGMA user_version = {i + 1}");
        }

        SqliteErrors.Translate(Name, transaction.Commit);
    }

    private long Version() => _session.ReadNumber("PRAGMA user_version");

    private SqliteInventoryTransaction Begin(bool deferred) =>
        new(Name, _session, SqliteErrors.Translate(Name, () => _connection.BeginTransaction(deferred)));
}
