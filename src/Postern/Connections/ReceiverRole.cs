namespace Postern.Connections;

/// <summary>
/// Who may read from the connection: one receiver, or, while nobody receives, a sender that waits for the peer's answer and reads ahead
/// for it. A receiver that comes then takes the role over.
/// </summary>
#pragma warning disable CA1001 // Whoever reads ahead disposes of the reader.
internal sealed class ReceiverRole
#pragma warning restore CA1001
{
    private static readonly object Receiving = new();

    // Null: nobody has the role. Otherwise Receiving, or who reads ahead.
    private object? _holder;

    /// <summary>Takes the role as a receiver. False if another receiver has it.</summary>
    public async ValueTask<bool> EnterAsync()
    {
        while (Interlocked.CompareExchange(ref _holder, Receiving, null) is { } holder)
        {
            if (holder is not AheadReader ahead) return false;
            await ahead.StopAsync().ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Takes the role if nobody has it.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _holder, Receiving, null) is null;

    /// <summary>Gives the role back that was entered.</summary>
    public void Leave() => Volatile.Write(ref _holder, null);

    /// <summary>Takes the role for reading ahead, until a receiver wants it. Null if someone has it.</summary>
    public AheadReader? TryReadAhead(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _holder) is not null) return null;
        AheadReader ahead = new(this, cancellationToken);
        if (Interlocked.CompareExchange(ref _holder, ahead, null) is null) return ahead;
        ahead.Dispose();
        return null;
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
            // Another may have it already, if it was never this one's.
            Interlocked.CompareExchange(ref role._holder, null, this);
            _stop.Dispose();
            _left.TrySetResult();
        }
    }
}
