namespace Postern.Cli.Daemons;

/// <summary>Something among the parts of a daemon's work that ends at once; null for nothing.</summary>
internal sealed class OwnedPart(IDisposable? part) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        part?.Dispose();
        return ValueTask.CompletedTask;
    }
}
