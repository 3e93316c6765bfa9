using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Postern.Channels;
using Postern.Cryptography;

namespace Postern.Connections;

/// <summary>
/// Brings messages of different channels together while the machine is busy: the MAC of one packet is a chain, but eight packets' chains go
/// through the vector unit at the cost of little more than one. While nothing else waits for a processor nothing waits here either: every
/// packet is then sealed or opened where it is.
/// </summary>
internal sealed class PacketBatcher : IThreadPoolWorkItem
{
    // From two packets of this size on a batch is quicker than one after another. (docs/performance.md)
    private const int LeastSize = 1024;

    private const int MostSpares = 1024;

    [ThreadStatic]
    private static PacketBatch? _threadBatch;

    private readonly ConcurrentQueue<PacketRequest> _waiting = new();
    private readonly ConcurrentQueue<PacketRequest> _spares = new();
    private int _isScheduled;

    /// <summary>The one of this process.</summary>
    public static PacketBatcher Shared { get; } = new();

    /// <summary>Whether a message of this size may be worth bringing together with others, at this moment.</summary>
    public static bool Pays(int size) =>
        size >= LeastSize && KeccakLanes.Fastest != KeccakLanesPath.Scalar && ThreadPool.PendingWorkItemCount > 0;

    /// <summary>As <see cref="SealedChannel.SealMessage"/>. One caller at a time for each channel.</summary>
    public ValueTask SealAsync(SealedChannel channel, ReadOnlyMemory<byte> message, Memory<byte> packet) =>
        RunAsync(channel, isSeal: true, message, packet);

    /// <summary>As <see cref="SealedChannel.Open"/>, for messages. One caller at a time for each channel.</summary>
    public ValueTask OpenAsync(SealedChannel channel, ReadOnlyMemory<byte> packet, Memory<byte> message) =>
        RunAsync(channel, isSeal: false, packet, message);

    /// <summary>One batch of those that wait.</summary>
    public void Execute()
    {
        // Whoever comes from now on makes sure that there is a next one. A full fence: were the queue looked at before others see this, a request
        // that comes in between would be in no batch, and nobody would make one.
        Interlocked.Exchange(ref _isScheduled, 0);
        Requests requests = default;
        Span<PacketRequest?> batch = requests;
        int count = 0;
        while (count < PacketBatch.Capacity && _waiting.TryDequeue(out PacketRequest? request)) batch[count++] = request;
        if (!_waiting.IsEmpty) Schedule();
        if (count > 0) (_threadBatch ??= new PacketBatch()).Run(batch[..count]!);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(SealedChannel channel, bool isSeal, ReadOnlyMemory<byte> input, Memory<byte> output)
    {
        if (!_spares.TryDequeue(out PacketRequest? request)) request = new PacketRequest();
        request.Set(channel, isSeal, input, output);
        _waiting.Enqueue(request);
        Schedule();
        try
        {
            await request.Completion.ConfigureAwait(false);
        }
        finally
        {
            request.Clear();
            if (_spares.Count < MostSpares) _spares.Enqueue(request);
        }
    }

    // At the end of the queue of all that is ready to run: what is there before it may bring more.
    private void Schedule()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    [InlineArray(PacketBatch.Capacity)]
    private struct Requests
    {
        private PacketRequest? _request0;
    }
}
