namespace Postern.Cryptography;

/// <summary>
/// Workspaces of one size, at most as many kept as there are processors. Lock-free; they are erased when they come back.
/// </summary>
internal sealed class WorkspacePool<T>(Func<T> create)
    where T : class, IWorkspace
{
    private readonly T?[] _kept = new T?[Environment.ProcessorCount];

    /// <summary>An empty workspace. <see cref="Return"/> it in a finally block.</summary>
    public T Rent()
    {
        for (int i = 0; i < _kept.Length; i++)
        {
            T? workspace = Interlocked.Exchange(ref _kept[i], null);
            if (workspace is not null) return workspace;
        }

        return create();
    }

    /// <summary>Erases the workspace and keeps it if there is room.</summary>
    public void Return(T workspace)
    {
        workspace.Clear();
        for (int i = 0; i < _kept.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _kept[i], workspace, null) is null) return;
        }
    }
}
