using System.Data;
using Npgsql;

namespace Postern.Authority.Storage;

/// <summary>An inventory in a PostgreSQL database, for several machines. Every commit is on the server's disk before it counts.</summary>
internal sealed class PostgresInventoryStore : IInventoryStore
{
    /// <summary>How long a writer waits for others, and the server for a writer that is silent.</summary>
    public const int BusySeconds = 60;

    private const int OldestServer = 130000;

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly PostgresSession _session;

    // What the first transaction makes the schema of; null once it is there.
    private IReadOnlyList<string>? _newSteps;

    private PostgresInventoryStore(PostgresAddress address)
    {
        Name = address.Name;
        NpgsqlSlimDataSourceBuilder builder = new(address.ConnectionString);
        builder.EnableTransportSecurity();
        _source = builder.Build();
        _connection = _source.CreateConnection();
        _session = new PostgresSession(Name, _connection);
    }

    public string Name { get; }

    /// <summary>Makes the inventory in a database that has none. Its schema and what <paramref name="fill"/> writes come in one transaction.</summary>
    /// <exception cref="InventoryException">There is one, or the server refuses.</exception>
    public static void Create(PostgresAddress address, Action<IInventoryStore> fill)
    {
        using PostgresInventoryStore store = new(address);
        store.Connect();
        store._newSteps = PostgresSchema.Steps;
        fill(store);
    }

    /// <summary>Opens an inventory, and brings it to the newest version.</summary>
    /// <exception cref="InventoryException">There is none, it is of a newer version, or the server refuses.</exception>
    public static PostgresInventoryStore Open(PostgresAddress address) => Open(address, PostgresSchema.Steps);

    internal static PostgresInventoryStore Open(PostgresAddress address, IReadOnlyList<string> steps)
    {
        PostgresInventoryStore store = new(address);
        try
        {
            store.Connect();
            store.ExpectInventory();
            store.Prepare(steps);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public IInventoryTransaction BeginWrite()
    {
        NpgsqlTransaction transaction = BeginAlone();
        try
        {
            if (_newSteps is not null) CreateSchema(_newSteps);
            _newSteps = null;
            return new InventoryTransaction(_session, transaction);
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    public IInventoryTransaction BeginRead()
    {
        NpgsqlTransaction transaction = Begin(IsolationLevel.RepeatableRead);
        try
        {
            _session.Execute("SET TRANSACTION READ ONLY");
            return new InventoryTransaction(_session, transaction);
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    /// <summary>The server's own pages are its administrator's matter; what it says is written must be.</summary>
    public void CheckIntegrity()
    {
        if (_session.ReadNumber("SELECT count(*) FROM pg_settings WHERE name = 'fsync' AND setting = 'on'") == 1) return;
        throw new InventoryException(InventoryError.Storage, $"{Name}: the server runs with fsync off, and may lose what was recorded.");
    }

    /// <summary>Any number of services on any machines: they follow each other's lists.</summary>
    public IDisposable? HoldService(string rootSerial) => null;

    /// <summary>Copies what one transaction sees into a SQLite file, which is an inventory too.</summary>
    public void BackUp(string path, bool overwrite)
    {
        using IInventoryTransaction transaction = BeginRead();
        SqliteInventoryStore.CreateCopy(path, overwrite, transaction);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _source.Dispose();
    }

    // No other schema's function or table can take the place of a name: the path ends with the temporary ones.
    private void Connect()
    {
        _session.Attempt(_connection.Open);
        long version = _session.ReadNumber("SELECT current_setting('server_version_num')::bigint");
        if (version < OldestServer) throw new InventoryException(InventoryError.Storage, $"{Name}: the server is older than PostgreSQL {OldestServer / 10000}.");
        if (_session.ReadNumber("SELECT count(*) FROM pg_database WHERE datname = current_database() AND pg_encoding_to_char(encoding) = 'UTF8'") == 0)
        {
            throw new InventoryException(InventoryError.Storage, $"{Name}: the database's encoding is not UTF8.");
        }

        // Stronger settings than "on" stay.
        _session.Execute(
            """
            SET search_path = pg_catalog, postern, pg_temp;
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');
            """);
        _session.Execute($"SET lock_timeout = '{BusySeconds}s'");
    }

    private void ExpectInventory()
    {
        if (HasSchema() && _session.ReadNumber("SELECT COALESCE(MAX(application), 0) FROM inventory") == PostgresSchema.ApplicationId) return;
        throw new InventoryException(InventoryError.NotAnInventory, $"{Name} holds no inventory: 'postern root init' makes one.");
    }

    private bool HasSchema() => _session.ReadNumber("SELECT count(*) FROM pg_tables WHERE schemaname = 'postern' AND tablename = 'inventory'") == 1;

    private void CreateSchema(IReadOnlyList<string> steps)
    {
        if (HasSchema()) throw new InventoryException(InventoryError.Storage, $"{Name} holds an inventory already; an inventory is never replaced.");
        _session.Execute(PostgresSchema.Empty);
        _session.Execute("INSERT INTO inventory VALUES (1, @application, 0)", ("@application", PostgresSchema.ApplicationId));
        Run(steps);
    }

    // All steps in one transaction: a crash leaves a version, never half of one.
    private void Prepare(IReadOnlyList<string> steps)
    {
        if (SchemaVersion.IsNewest(Name, Version(), steps)) return;
        using NpgsqlTransaction transaction = BeginAlone();
        Run(steps);
        _session.Attempt(transaction.Commit);
    }

    private void Run(IReadOnlyList<string> steps)
    {
        for (int i = (int)Version(); i < steps.Count; i++)
        {
            _session.Execute(steps[i]);
            _session.Execute("UPDATE inventory SET version = @version", ("@version", i + 1));
        }
    }

    private long Version() => _session.ReadNumber("SELECT version FROM inventory");

    // A service outlives its connection: the server was started anew, or the network was away.
    private NpgsqlTransaction Begin(IsolationLevel level)
    {
        if (_connection.State != ConnectionState.Open)
        {
            _connection.Close();
            Connect();
        }

        return _session.Attempt(() => _connection.BeginTransaction(level));
    }

    // One queue for all writers of the database. A machine that vanishes holds it no longer than a writer waits.
    private NpgsqlTransaction BeginAlone()
    {
        NpgsqlTransaction transaction = Begin(IsolationLevel.ReadCommitted);
        try
        {
            _session.Execute($"SET LOCAL idle_in_transaction_session_timeout = '{BusySeconds}s'");
            _session.Execute("SELECT pg_advisory_xact_lock(@lock)", ("@lock", PostgresSchema.ApplicationId));
            return transaction;
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }
}
