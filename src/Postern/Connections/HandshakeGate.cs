using System.Net;

namespace Postern.Connections;

/// <summary>What the handshakes of one server share out among them: turns on the processors and memory for large packets.</summary>
internal sealed class HandshakeGate(int concurrency, long bytes) : IDisposable
{
    // Smaller packets are in the noise of everything else that a connection has.
    private const int SmallPacket = 32 * 1024;

    private readonly CostlyTurns _turns = new(concurrency);
    private readonly ByteBudget _budget = new(bytes);

    /// <summary>Bytes of large packets that are in memory now.</summary>
    public long BytesInUse => _budget.InUse;

    /// <summary>Where the handshakes of this network wait.</summary>
    public Place For(IPAddress network) => new(_turns.For(network), _budget);

    public void Dispose() => _turns.Dispose();

    /// <summary>A network's place.</summary>
    internal sealed class Place(CostlyTurns.Queue turns, ByteBudget budget)
    {
        /// <summary>Waits for a turn for what computes keys and signatures; <see cref="ReturnTurn"/> ends it.</summary>
        public ValueTask TakeTurnAsync(CancellationToken cancellationToken) => turns.TakeAsync(cancellationToken);

        public void ReturnTurn() => turns.Return();

        /// <summary>Memory for a packet; disposing of it gives it back. At once for a small one.</summary>
        public ValueTask<ByteBudget.Share> TakeMemoryAsync(int size, CancellationToken cancellationToken) =>
            size <= SmallPacket ? new ValueTask<ByteBudget.Share>(default(ByteBudget.Share)) : budget.TakeAsync(size, cancellationToken);
    }
}
