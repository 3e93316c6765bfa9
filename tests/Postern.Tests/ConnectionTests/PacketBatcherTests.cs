using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Postern.Channels;
using Postern.Connections;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Whoever waits for a batch gets into one, whatever the order in which processors see each other's writes.</summary>
public sealed class PacketBatcherTests
{
    private const int Rounds = 60_000;

    private readonly PacketBatcher _batcher = new();
    private int _round;
    private int _batched;

    [Fact]
    public async Task A_request_that_comes_while_a_batch_finds_nothing_is_not_forgotten()
    {
        using SealedChannel channel = TestChannels.Sealed(isInitiator: true, TestChannels.ClockOf(FakeClock.At("2026-06-01")));
        byte[] packet = new byte[1 + channel.Overhead];
        Task batches = Task.Factory.StartNew(RunEmptyBatches, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Random random = new(2);
        for (int round = 1; round <= Rounds; round++)
        {
            // As it is when the batch that is to run has lost its request to the one before it.
            ScheduledOf(_batcher) = 1;
            Volatile.Write(ref _round, round);
            for (int i = random.Next(200); i > 0; i--) Pass();
            ValueTask sealing = _batcher.SealAsync(channel, new byte[1], packet);
            WaitFor(ref _batched, round);
            await sealing.AsTask().WaitAsync(TestServer.HangGuard, TestContext.Current.CancellationToken);
        }

        await batches;
        Assert.Equal(Rounds, channel.SentUnderKey.Packets);
    }

    private void RunEmptyBatches()
    {
        Random random = new(1);
        for (int round = 1; round <= Rounds; round++)
        {
            WaitFor(ref _round, round);
            for (int i = random.Next(60); i > 0; i--) Pass();

            // What a batch looks at is near the processor, what it writes is another's: that is when a write is seen late.
            if (Volatile.Read(ref ScheduledOf(_batcher)) == 1 && WaitingOf(_batcher).IsEmpty) Pass();
            _batcher.Execute();
            Volatile.Write(ref _batched, round);
        }
    }

    // Both sides must go on within nanoseconds of each other, which no lock or event does.
    private static void WaitFor(ref int counter, int value)
    {
        for (int spins = 0; Volatile.Read(ref counter) < value; spins++)
        {
            if (spins > 100_000) Thread.Yield();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Pass()
    {
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_isScheduled")]
    private static extern ref int ScheduledOf(PacketBatcher batcher);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_waiting")]
    private static extern ref ConcurrentQueue<PacketRequest> WaitingOf(PacketBatcher batcher);
}
