namespace Postern.Connections;

/// <summary>
/// Who may read from the connection: one receiver, or, while nobody receives, a sender that waits for the peer's answer and reads ahead
/// for it. A receiver that comes then takes the role over.
/// </summary>
#pragma warning disable CA1001 // Whoever reads ahead disposes of the reader.
internal sealed class ReceiverRole
#pragma warning restore CA1001
{
    private readonly Lock _lock = new();
    private bool _isTaken;
    private AheadReader? _ahead;

    /// <summary>Takes the role as a receiver. False if another receiver has it.</summary>
    public async ValueTask<bool> EnterAsync()
    {
        while (true)
        {
            AheadReader ahead;
            lock (_lock)
            {
                if (!_isTaken)
                {
                    _isTaken = true;
                    return true;
                }

                if (_ahead is null) return false;
                ahead = _ahead;
            }

            await ahead.StopAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes the role if nobody has it.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_isTaken) return false;
            _isTaken = true;
            return true;
        }
    }

    public void Leave()
    {
        lock (_lock) _isTaken = false;
    }

    /// <summary>Takes the role for reading ahead, until a receiver wants it. Null if someone has it.</summary>
    public AheadReader? TryReadAhead(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isTaken) return null;
            _isTaken = true;
            return _ahead = new AheadReader(this, cancellationToken);
        }
    }

    /// <summary>The role of reading ahead; disposing of it gives it back.</summary>
    internal sealed class AheadReader(ReceiverRole role, CancellationToken cancellationToken) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Cancelled when a receiver wants the role, or with the sender's own token.</summary>
        public CancellationToken Token => _stop.Token;

        public async Task StopAsync()
        {
            try
            {
                await _stop.CancelAsync().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // It has just left.
            }

            await _left.Task.ConfigureAwait(false);
        }

        public void Dispose()
        {
            lock (role._lock)
            {
                role._ahead = null;
                role._isTaken = false;
            }

            _stop.Dispose();
            _left.TrySetResult();
        }
    }
}
