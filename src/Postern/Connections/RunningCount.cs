namespace Postern.Connections;

/// <summary>How many connections are being served, and when there are none.</summary>
internal sealed class RunningCount
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _none;
    private int _count;

    public void Add()
    {
        lock (_lock) _count++;
    }

    public void Remove()
    {
        lock (_lock)
        {
            if (--_count == 0) _none?.TrySetResult();
        }
    }

    /// <summary>Ends when there are none. Only once no more are added.</summary>
    public Task WhenNoneAsync()
    {
        lock (_lock)
        {
            if (_count == 0) return Task.CompletedTask;
            _none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _none.Task;
        }
    }
}
