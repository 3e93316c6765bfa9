using Postern.Authority.Storage;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>The file that commands take if nothing names one.</summary>
internal sealed class SqliteTestStore(string path) : TestStore
{
    public override string[] Arguments => [];

    public override IReadOnlyList<string> Steps => SqliteSchema.Steps;

    public static TestStore In(TestFolder folder) => new SqliteTestStore(folder["root_inventory.db"]);

    public override void Create(Action<IInventoryStore> fill) => SqliteInventoryStore.Create(path, fill);

    public override IInventoryStore Open(IReadOnlyList<string> steps) => SqliteInventoryStore.Open(path, steps);

    public override void Force(string sql) => RawDatabase.Force(path, sql);

    public override void Execute(string sql) => RawDatabase.Execute(path, sql);

    // The system takes a killed process's locks.
    public override Task SettleAsync() => Task.CompletedTask;

    public override void Dispose()
    {
    }
}
