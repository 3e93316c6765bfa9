using Postern.Authority.Storage;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A place for one inventory, as its program, its commands and somebody with a client of the database see it.</summary>
internal abstract class TestStore : IDisposable
{
    /// <summary>Options that name it, for commands.</summary>
    public abstract string[] Arguments { get; }

    /// <summary>The steps to the newest version.</summary>
    public abstract IReadOnlyList<string> Steps { get; }

    public abstract void Create(Action<IInventoryStore> fill);

    public IInventoryStore Open() => Open(Steps);

    public abstract IInventoryStore Open(IReadOnlyList<string> steps);

    /// <summary>Runs statements past every trigger, with no keys enforced.</summary>
    public abstract void Force(string sql);

    /// <summary>Runs statements.</summary>
    public abstract void Execute(string sql);

    /// <summary>Returns when nothing is left of processes that were killed.</summary>
    public abstract Task SettleAsync();

    public abstract void Dispose();
}
