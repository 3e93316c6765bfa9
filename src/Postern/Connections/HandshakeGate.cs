using System.Net;
using System.Numerics;

namespace Postern.Connections;

/// <summary>What the handshakes of one server share out among them: turns on the processors and memory for large packets.</summary>
internal sealed class HandshakeGate(int concurrency, long bytes)
{
    // Smaller packets are in the noise of everything else that a connection has.
    private const int SmallPacket = 32 * 1024;

    // A turn ends by itself, and so one network alone may have them all. Memory is held for as long as the peer takes to read or write:
    // one that stalls must leave some to the others.
    private readonly FairShares _turns = new(concurrency, perNetwork: concurrency);
    private readonly FairShares _memory = new(bytes, perNetwork: (bytes + 1) / 2);

    /// <summary>The gate for the handshakes of one network.</summary>
    public Place For(IPAddress network) => new(this, network);

    /// <summary>A network's place.</summary>
    internal sealed class Place(HandshakeGate gate, IPAddress network)
    {
        /// <summary>A turn for what computes keys and signatures; disposing of it ends it.</summary>
        public ValueTask<FairShares.Share> TakeTurnAsync(CancellationToken cancellationToken) => gate._turns.TakeAsync(network, 1, cancellationToken);

        /// <summary>Memory for a packet, as much as the array pool takes for it; disposing of it gives it back. Null for a small one.</summary>
        public async ValueTask<FairShares.Share?> TakeMemoryAsync(int size, CancellationToken cancellationToken) => size <= SmallPacket
            ? null
            : await gate._memory.TakeAsync(network, BitOperations.RoundUpToPowerOf2((uint)size), cancellationToken).ConfigureAwait(false);
    }
}
