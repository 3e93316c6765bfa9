namespace Postern.Cryptography;

/// <summary>
/// Workspaces of one size, at most as many kept as there are processors. Lock-free; they are erased when they come back.
/// </summary>
internal sealed class DsaWorkspacePool(int polynomials)
{
    private readonly DsaWorkspace?[] _kept = new DsaWorkspace?[Environment.ProcessorCount];

    /// <summary>An empty workspace. <see cref="Return"/> it in a finally block.</summary>
    public DsaWorkspace Rent()
    {
        for (int i = 0; i < _kept.Length; i++)
        {
            DsaWorkspace? workspace = Interlocked.Exchange(ref _kept[i], null);
            if (workspace is not null) return workspace;
        }

        return new DsaWorkspace(polynomials);
    }

    /// <summary>Erases the workspace and keeps it if there is room.</summary>
    public void Return(DsaWorkspace workspace)
    {
        workspace.Clear();
        for (int i = 0; i < _kept.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _kept[i], workspace, null) is null) return;
        }
    }
}
