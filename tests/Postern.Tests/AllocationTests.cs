using Postern.Channels;
using Postern.Connections;
using Postern.Packets;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>No packet costs an allocation in steady state.</summary>
public sealed class AllocationTests
{
    private static readonly WireClock WireClock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));

    [Theory]
    [InlineData(1)]
    [InlineData(68)]
    [InlineData(1400)]
    [InlineData(65504)]
    public void Sealing_and_opening_allocate_nothing(int size)
    {
        using SealedChannel sender = TestChannels.Sealed(isInitiator: true, WireClock);
        using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, WireClock);
        byte[] message = new byte[size];
        byte[] packet = new byte[size + sender.Overhead];
        Assert.Equal(0, AllocatedBy(() =>
        {
            sender.SealMessage(message, packet);
            int inside = receiver.CheckHeader(PacketHeader.Read(packet));
            receiver.Open(packet, message.AsSpan(0, inside));
        }));
    }

    [Fact]
    public void Opening_beside_a_pending_ratchet_allocates_nothing()
    {
        using SealedChannel sender = TestChannels.Sealed(isInitiator: true, WireClock);
        using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, WireClock);
        receiver.SealRatchet(new SeededRandom(1));
        byte[] message = new byte[100];
        byte[] packet = new byte[100 + sender.Overhead];
        Assert.Equal(0, AllocatedBy(() =>
        {
            sender.SealMessage(message, packet);
            receiver.Open(packet, message);
        }));
    }

    [Fact]
    public async Task Sending_and_receiving_over_a_stream_that_completes_at_once_allocate_nothing()
    {
        LoopStream stream = new();
        await using SecureChannel sender = TestChannels.Secure(isInitiator: true, stream, WireClock);
        await using SecureChannel receiver = TestChannels.Secure(isInitiator: false, stream, WireClock);
        byte[] message = new byte[1000];
        Assert.Equal(0, AllocatedBy(() =>
        {
            Complete(sender.SendAsync(message));
            if (Complete(receiver.ReceiveAsync(message)) != 1000) throw new InvalidOperationException("Another message came.");
        }));
    }

    [Fact]
    public async Task Duplex_channels_with_a_policy_allocate_nothing_between_their_ratchets()
    {
        LoopStream stream = new();
        ChannelContext context = new() { Clock = WireClock, MayRatchet = true, Ratchets = new RatchetPolicy { EveryBytes = long.MaxValue } };
        await using SecureChannel sender = new(TestChannels.DuplexKeys(isInitiator: true), new PacketTransport(stream), context);
        await using SecureChannel receiver = new(TestChannels.DuplexKeys(isInitiator: false), new PacketTransport(stream), context);
        byte[] message = new byte[1000];
        Assert.Equal(0, AllocatedBy(() =>
        {
            Complete(sender.SendAsync(message));
            if (Complete(receiver.ReceiveAsync(message)) != 1000) throw new InvalidOperationException("Another message came.");
        }));
    }

    [Fact]
    public async Task Reading_and_writing_the_stream_allocate_nothing()
    {
        LoopStream pipe = new();
        await using SecureChannel sender = TestChannels.Secure(isInitiator: true, pipe, WireClock);
        await using SecureChannel receiver = TestChannels.Secure(isInitiator: false, pipe, WireClock);
        await using Stream writing = sender.AsStream();
        await using Stream reading = receiver.AsStream();
        byte[] message = new byte[1000];
        byte[] small = new byte[300];
        Assert.Equal(0, AllocatedBy(() =>
        {
            Complete(writing.WriteAsync(message.AsMemory()));
            for (int read = 0; read < 1000;) read += Complete(reading.ReadAsync(small.AsMemory()));
        }));
    }

    private static void Complete(ValueTask task) => Assert.True(task.IsCompletedSuccessfully);

    private static int Complete(ValueTask<int> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
#pragma warning disable VSTHRD002 // It is complete.
        return task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    // The least of several rounds: the runtime itself allocates now and then, when it compiles a method anew.
    private static long AllocatedBy(Action action)
    {
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++) action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>What is written can be read at once, without waiting and without allocating.</summary>
    private sealed class LoopStream : DuplexStream
    {
        private readonly byte[] _bytes = new byte[100_000];
        private int _count;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(buffer.Length, _count);
            _bytes.AsSpan(0, count).CopyTo(buffer.Span);
            _bytes.AsSpan(count, _count - count).CopyTo(_bytes);
            _count -= count;
            return ValueTask.FromResult(count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.CopyTo(_bytes.AsSpan(_count));
            _count += buffer.Length;
            return ValueTask.CompletedTask;
        }

    }
}
