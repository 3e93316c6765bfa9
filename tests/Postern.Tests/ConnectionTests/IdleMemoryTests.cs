using Postern.Channels;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>What an idle channel keeps in memory, all of it but the socket: keys, state, halves, and the frame that waits.</summary>
[Collection(typeof(Alone))]
public sealed class IdleMemoryTests
{
    private const int Count = 3000;

    private static readonly WireClock Clock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));

    [Fact]
    public void An_idle_channel_of_QSTP_keeps_less_than_2_KB() =>
        Assert.InRange(BytesOf(() => TestChannels.Keys(isInitiator: false)), 1000, 2000);

    [Fact]
    public void An_idle_channel_of_DUPLEX_keeps_less_than_3_KB_besides_the_key_of_its_peer()
    {
        Suite suite = QsmpSuites.DilithiumS1KyberS1;
        TestKeys keys = TestKeys.For(suite);
        byte[] peer = keys.Initiator.VerificationKey.ToArray();
        Assert.InRange(BytesOf(() => TestChannels.Keys(isInitiator: false, QsmpProtocol.Duplex, suite, Exchange())), 1000, 3000);

        KeyExchangeRatchet Exchange() => new(suite, keys.Responder.Sign, peer, Sha3.DigestSize512);
    }

    // The least of three: whatever else the runtime lets go or takes meanwhile counts too.
    private static long BytesOf(Func<ChannelKeys> createKeys)
    {
        ChannelContext context = new() { Clock = Clock, MayRatchet = true };
        Wait(createKeys, context);
        return Enumerable.Range(0, 3).Min(_ => Wait(createKeys, context));
    }

    private static long Wait(Func<ChannelKeys> createKeys, ChannelContext context)
    {
        SecureChannel[] channels = new SecureChannel[Count];
        Task<int>[] waiting = new Task<int>[Count];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            channels[i] = new SecureChannel(createKeys(), new PacketTransport(new SilentStream()), context, new ChannelEnds());
            waiting[i] = channels[i].WaitForMessageAsync().AsTask();
            channels[i].Sealed.Rest();
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        foreach (SecureChannel channel in channels) channel.Sealed.Dispose();
        return (after - before) / Count;
    }

    /// <summary>Nothing ever comes.</summary>
    private sealed class SilentStream : DuplexStream
    {
        private readonly TaskCompletionSource<int> _never = new();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_never.Task);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
