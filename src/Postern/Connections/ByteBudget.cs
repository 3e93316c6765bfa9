namespace Postern.Connections;

/// <summary>A number of bytes that is shared out, in the order in which it is asked for. What is larger than all of it gets all of it.</summary>
internal sealed class ByteBudget(long capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Request> _waiting = new();
    private long _inUse;

    public long InUse
    {
        get
        {
            lock (_lock) return _inUse;
        }
    }

    /// <summary>Waits for its share; disposing of that gives it back.</summary>
    public async ValueTask<Share> TakeAsync(int size, CancellationToken cancellationToken)
    {
        long share = Math.Min(size, capacity);
        Request request;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _inUse + share <= capacity)
            {
                _inUse += share;
                return new Share(this, share);
            }

            request = new Request(share);
            request.Node = _waiting.AddLast(request);
        }

        try
        {
            await request.Granted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Withdraw(request);
            throw;
        }

        return new Share(this, share);
    }

    // Granted at the same moment: it is given back.
    private void Withdraw(Request request)
    {
        lock (_lock)
        {
            if (request.Node.List is not null)
            {
                _waiting.Remove(request.Node);
                GrantWaiting();
                return;
            }
        }

        Return(request.Share);
    }

    private void Return(long share)
    {
        lock (_lock)
        {
            _inUse -= share;
            GrantWaiting();
        }
    }

    private void GrantWaiting()
    {
        while (_waiting.First is { Value: var next } && _inUse + next.Share <= capacity)
        {
            _waiting.RemoveFirst();
            _inUse += next.Share;
            next.Granted.SetResult();
        }
    }

    /// <summary>What was granted; the default is nothing.</summary>
    internal readonly struct Share(ByteBudget? budget, long size) : IDisposable
    {
        public void Dispose() => budget?.Return(size);
    }

    private sealed class Request(long share)
    {
        public long Share => share;

        public LinkedListNode<Request> Node { get; set; } = null!;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
