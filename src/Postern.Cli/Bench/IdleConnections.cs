namespace Postern.Cli.Bench;

/// <summary>Connections that are open, to be closed together.</summary>
internal sealed class IdleConnections : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _connections = [];

    private IdleConnections()
    {
    }

    public static async Task<IdleConnections> OpenAsync(IIdleServer server, int count, CancellationToken cancellationToken)
    {
        IdleConnections connections = new();
        try
        {
            for (int i = 0; i < count; i++) connections._connections.Add(await server.ConnectAsync(cancellationToken));
            return connections;
        }
        catch
        {
            await connections.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable connection in _connections) await connection.DisposeAsync();
    }
}
