namespace Postern.Connections;

/// <summary>What the handshakes of one server share out among them: turns on the processors and memory for large packets.</summary>
internal sealed class HandshakeGate(int concurrency, long bytes) : IDisposable
{
    // Smaller packets are in the noise of everything else that a connection has.
    private const int SmallPacket = 32 * 1024;

    private readonly SemaphoreSlim _turns = new(concurrency);
    private readonly ByteBudget _budget = new(bytes);

    /// <summary>Bytes of large packets that are in memory now.</summary>
    public long BytesInUse => _budget.InUse;

    /// <summary>A turn for what computes keys and signatures; disposing of it ends it.</summary>
    public async ValueTask<Turn> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(_turns);
    }

    /// <summary>Memory for a packet; disposing of it gives it back. At once for a small one.</summary>
    public ValueTask<ByteBudget.Share> TakeMemoryAsync(int size, CancellationToken cancellationToken) =>
        size <= SmallPacket ? new ValueTask<ByteBudget.Share>(default(ByteBudget.Share)) : _budget.TakeAsync(size, cancellationToken);

    public void Dispose() => _turns.Dispose();

    /// <summary>A turn that was taken.</summary>
    internal readonly struct Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
