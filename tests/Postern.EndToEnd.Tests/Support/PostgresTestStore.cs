using System.Text.RegularExpressions;
using Postern.Authority.Storage;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A database of its own on the tests' server.</summary>
internal sealed partial class PostgresTestStore : TestStore
{
    private static int count;

    private readonly string _database = $"inventory_{Interlocked.Increment(ref count)}";

    public PostgresTestStore() => Server.Execute("postgres", $"CREATE DATABASE {_database}");

    public static PostgresServer Server => PostgresServer.Require();

    public string Address => Server.Address(_database);

    public override string[] Arguments => ["--inventory", Address];

    public override IReadOnlyList<string> Steps => PostgresSchema.Steps;

    public static TestStore In(TestFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new PostgresTestStore();
    }

    /// <summary>The same database for another user, whose password is in a file.</summary>
    public string AddressOf(string user, string passwordFile) => Server.Address(_database, user, passwordFile);

    public override void Create(Action<IInventoryStore> fill) => PostgresInventoryStore.Create(PostgresAddress.Parse(Address), fill);

    public override IInventoryStore Open(IReadOnlyList<string> steps) => PostgresInventoryStore.Open(PostgresAddress.Parse(Address), steps);

    // A replica applies what its master did: no triggers, no keys.
    public override void Force(string sql) => Assert.True(
        Server.Execute(_database, $"SET session_replication_role = replica; SET search_path = postern; {Translate(sql)}") > 0, "Nothing was changed.");

    public override void Execute(string sql) => Server.Execute(_database, $"SET search_path = postern; {Translate(sql)}");

    // The server finds out that a client is gone when it next reads or writes.
    public override Task SettleAsync() => Until.TrueAsync(
        () => Server.ReadNumber(_database, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()") == 0,
        "killed clients have gone");

    public override void Dispose() => Server.Execute("postgres", $"DROP DATABASE {_database} WITH (FORCE)");

    // Bytes are what SQLite writes in another way.
    private static string Translate(string sql) =>
        Hexadecimal().Replace(sql, @"'\x${digits}'::bytea").Replace("zeroblob(32)", "decode(repeat('00', 32), 'hex')", StringComparison.Ordinal);

    [GeneratedRegex("X'(?<digits>[0-9A-F]*)'", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Hexadecimal();
}
