namespace Postern.Tunneling;

/// <summary>
/// How much the windows of streams may grow beyond their first size, all together: whoever fills windows and whose bytes nobody takes costs
/// that much memory and no more.
/// </summary>
/// <param name="size">Bytes.</param>
public sealed class WindowBudget(long size)
{
    private long _left = OptionCheck.AtLeast(size, 0);

    /// <summary>Bytes that are left.</summary>
    public long Left => Volatile.Read(ref _left);

    /// <summary>Takes so many bytes, or none.</summary>
    internal bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) >= 0) return true;
        GiveBack(bytes);
        return false;
    }

    internal void GiveBack(long bytes) => Interlocked.Add(ref _left, bytes);
}
