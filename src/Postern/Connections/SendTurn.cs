namespace Postern.Connections;

/// <summary>
/// One sender at a time, in their order. A semaphore, but one that takes memory only once two want the turn at the same moment: most
/// channels have one sender.
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing.
internal sealed class SendTurn
#pragma warning restore CA1001
{
    private static readonly object Taken = new();

    // Null: free. Taken: someone has it, and nobody waits. From the first that has to wait on, a semaphore for all.
    private object? _state;

    /// <summary>Waits for the turn.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        while (true)
        {
            object? state = Interlocked.CompareExchange(ref _state, Taken, null);
            if (state is null) return Task.CompletedTask;
            if (state is SemaphoreSlim semaphore) return semaphore.WaitAsync(cancellationToken);

            // Whoever has the turn releases the semaphore, unless the turn has been given back at this moment: then it is looked at again.
            Interlocked.CompareExchange(ref _state, new SemaphoreSlim(0, 1), Taken);
        }
    }

    /// <summary>Takes the turn if nobody has it.</summary>
    public bool TryTake()
    {
        object? state = Interlocked.CompareExchange(ref _state, Taken, null);
        return state is null || (state is SemaphoreSlim semaphore && semaphore.Wait(0, CancellationToken.None));
    }

    /// <summary>Gives it back.</summary>
    /// <exception cref="InvalidOperationException">Nobody had it.</exception>
    public void Release()
    {
        object state = Interlocked.CompareExchange(ref _state, null, Taken) ?? throw new InvalidOperationException("The turn is nobody's.");
        if (state is SemaphoreSlim semaphore) semaphore.Release();
    }
}
