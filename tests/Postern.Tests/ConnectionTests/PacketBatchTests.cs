using Postern.Channels;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Messages of many channels sealed and opened side by side: the same packets as alone, and nobody suffers for another.</summary>
public sealed class PacketBatchTests
{
    private static readonly WireClock Clock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));

    [Fact]
    public void A_batch_gives_the_packets_that_each_channel_would_have_made_alone()
    {
        PacketBatch batch = new();
        Random random = new(5);
        Pair[] pairs = [.. Enumerable.Range(0, 13).Select(i => new Pair(i))];
        Pair[] alone = [.. Enumerable.Range(0, 13).Select(i => new Pair(i))];
        for (int round = 0; round < 20; round++)
        {
            byte[][] messages = [.. pairs.Select(_ => Bytes(random, random.Next(1, 5000)))];
            byte[][] packets = Seal(batch, pairs, messages);
            for (int i = 0; i < pairs.Length; i++)
            {
                byte[] expected = new byte[messages[i].Length + alone[i].Sender.Overhead];
                alone[i].Sender.SealMessage(messages[i], expected);
                Assert.Equal(expected, packets[i]);
                alone[i].Receiver.Open(expected, new byte[messages[i].Length]);
            }

            PacketRequest[] opening = [.. pairs.Select((pair, i) => Opening(pair, packets[i], out _))];
            batch.Run(opening);
            for (int i = 0; i < pairs.Length; i++)
            {
                Assert.True(opening[i].Completion.IsCompletedSuccessfully);
                Assert.Equal(messages[i], opening[i].Output.ToArray());
            }

            // Some ratchet in between, alone as ever.
            foreach (Pair pair in pairs.Where((_, i) => (i + round) % 5 == 0)) pair.Ratchet();
            foreach (Pair pair in alone.Where((_, i) => (i + round) % 5 == 0)) pair.Ratchet();
        }
    }

    [Fact]
    public async Task A_packet_that_is_not_genuine_ends_its_own_channel_only()
    {
        PacketBatch batch = new();
        Pair[] pairs = [.. Enumerable.Range(0, 6).Select(i => new Pair(i))];
        byte[][] messages = [.. pairs.Select((_, i) => Bytes(new Random(i), 3000))];
        byte[][] packets = Seal(batch, pairs, messages);
        packets[2][100] ^= 1;
        packets[4][5] ^= 1; // The sequence number.
        PacketRequest[] opening = [.. pairs.Select((pair, i) => Opening(pair, packets[i], out _))];
        batch.Run(opening);
        Assert.Equal(ChannelError.AuthenticationFailed, (await ErrorOf(opening[2])).Error);
        Assert.Equal(ChannelError.OutOfSequence, (await ErrorOf(opening[4])).Error);
        Assert.All(opening[2].Output.ToArray(), value => Assert.Equal(0, value));
        foreach (int i in (int[])[2, 4])
        {
            Assert.Equal(ChannelError.ChannelClosed, Assert.Throws<ChannelException>(() => pairs[i].Receiver.SealMessage("x"u8, new byte[1 + pairs[i].Receiver.Overhead])).Error);
        }

        foreach (int i in (int[])[0, 1, 3, 5]) Assert.Equal(messages[i], opening[i].Output.ToArray());
        messages = [.. pairs.Select((_, i) => Bytes(new Random(i), 2000))];
        packets = Seal(batch, pairs, messages);
        opening = [.. pairs.Select((pair, i) => Opening(pair, packets[i], out _))];
        batch.Run(opening);
        foreach (int i in (int[])[0, 1, 3, 5]) Assert.Equal(messages[i], opening[i].Output.ToArray());
    }

    [Fact]
    public async Task A_finished_channel_says_so_and_the_others_go_on()
    {
        PacketBatch batch = new();
        Pair[] pairs = [.. Enumerable.Range(0, 3).Select(i => new Pair(i))];
        pairs[1].Sender.Dispose();
        PacketRequest[] sealing = [.. pairs.Select(pair => Sealing(pair, new byte[2000]))];
        batch.Run(sealing);
        Assert.Equal(ChannelError.ChannelClosed, (await ErrorOf(sealing[1])).Error);
        Assert.True(sealing[0].Completion.IsCompletedSuccessfully && sealing[2].Completion.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Memory_that_its_owner_took_away_harms_nobody_else(bool isSeal)
    {
        PacketBatch batch = new();
        Pair[] pairs = [.. Enumerable.Range(0, 3).Select(i => new Pair(3 * i))];
        byte[][] messages = [.. pairs.Select((_, i) => Bytes(new Random(i), 2000))];
        byte[][] packets = [.. pairs.Select((pair, i) => pair.Sender.Seal(messages[i]))];
        PacketRequest[] requests = [.. pairs.Select((pair, i) => isSeal ? Sealing(pair, messages[i]) : Opening(pair, packets[i], out _))];
        requests[1].Set(
            isSeal ? pairs[1].Sender : pairs[1].Receiver,
            isSeal,
            isSeal ? new FailingMemory(2000).Memory : packets[1],
            isSeal ? new byte[packets[1].Length] : new FailingMemory(2000).Memory);
        batch.Run(requests);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await requests[1].Completion);
        Assert.True(requests[0].Completion.IsCompletedSuccessfully && requests[2].Completion.IsCompletedSuccessfully);
        PacketRequest[] next = [Sealing(pairs[0], messages[0]), Sealing(pairs[2], messages[2])];
        batch.Run(next);
        Assert.All(next, request => Assert.True(request.Completion.IsCompletedSuccessfully));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clock_that_fails_harms_nobody_else(bool isSeal)
    {
        PacketBatch batch = new();
        Pair[] pairs = [.. Enumerable.Range(0, 3).Select(i => new Pair(3 * i))];
        byte[][] messages = [.. pairs.Select((_, i) => Bytes(new Random(i), 2000))];
        byte[][] packets = [.. pairs.Select((pair, i) => pair.Sender.Seal(messages[i]))];
        FailingClock clock = new();
        SealedChannel failing = new(TestChannels.Keys(isSeal, 3), TestChannels.ClockOf(clock));
        clock.Fails = true;
        PacketRequest[] requests = [.. pairs.Select((pair, i) => isSeal ? Sealing(pair, messages[i]) : Opening(pair, packets[i], out _))];
        requests[1].Set(failing, isSeal, isSeal ? messages[1] : packets[1], isSeal ? new byte[packets[1].Length] : new byte[messages[1].Length]);
        batch.Run(requests);
        await Assert.ThrowsAsync<NotSupportedException>(async () => await requests[1].Completion);
        Assert.True(requests[0].Completion.IsCompletedSuccessfully && requests[2].Completion.IsCompletedSuccessfully);

        // No lock is left behind: another thread gets to the channel.
        clock.Fails = false;
        await Task.Factory.StartNew(() => failing.Seal("x"u8), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(TestServer.HangGuard, TestContext.Current.CancellationToken);
        await Task.Factory.StartNew(() => failing.PendingRatchets, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(TestServer.HangGuard, TestContext.Current.CancellationToken);
        PacketRequest[] next = [Sealing(pairs[0], messages[0]), Sealing(pairs[2], messages[2])];
        batch.Run(next);
        Assert.All(next, request => Assert.True(request.Completion.IsCompletedSuccessfully));
    }

    [Fact]
    public void A_channel_that_is_in_a_batch_twice_is_served_twice()
    {
        PacketBatch batch = new();
        Pair pair = new(1);
        Pair other = new(2);
        PacketRequest[] sealing = [Sealing(pair, new byte[2000]), Sealing(other, new byte[2000]), Sealing(pair, new byte[1500])];
        batch.Run(sealing);
        Assert.All(sealing, request => Assert.True(request.Completion.IsCompletedSuccessfully));
        foreach (PacketRequest request in (PacketRequest[])[sealing[0], sealing[2]])
        {
            byte[] message = new byte[request.MessageSize];
            Assert.Equal(OpenedKind.Message, pair.Receiver.Open(request.Output.Span, message).Kind);
        }
    }

    [Fact]
    public async Task Many_channels_at_once_keep_their_order_while_ratchets_go_on_beside_them()
    {
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => TalkAsync(i))));

        static async Task TalkAsync(int seed)
        {
            Random random = new(seed);
            Pair pair = new(seed);
            for (int round = 0; round < 200; round++)
            {
                byte[] message = Bytes(random, random.Next(1, 4000));
                byte[] packet = new byte[message.Length + pair.Sender.Overhead];
                byte[] opened = new byte[message.Length];
                await PacketBatcher.Shared.SealAsync(pair.Sender, message, packet);
                await PacketBatcher.Shared.OpenAsync(pair.Receiver, packet, opened);
                Assert.Equal(message, opened);
                if (round % 7 == 0) pair.Ratchet();
                if (round % 5 == 0) pair.Sender.Rest();
                if (round % 3 == 0) pair.Receiver.Rest();
            }
        }
    }

    private static byte[][] Seal(PacketBatch batch, Pair[] pairs, byte[][] messages)
    {
        PacketRequest[] sealing = [.. pairs.Select((pair, i) => Sealing(pair, messages[i]))];
        batch.Run(sealing);
        Assert.All(sealing, request => Assert.True(request.Completion.IsCompletedSuccessfully));
        return [.. sealing.Select(request => request.Output.ToArray())];
    }

    private static PacketRequest Sealing(Pair pair, byte[] message)
    {
        PacketRequest request = new();
        request.Set(pair.Sender, isSeal: true, message, new byte[message.Length + pair.Sender.Overhead]);
        return request;
    }

    private static PacketRequest Opening(Pair pair, byte[] packet, out byte[] message)
    {
        PacketRequest request = new();
        message = new byte[packet.Length - pair.Receiver.Overhead];
        request.Set(pair.Receiver, isSeal: false, packet, message);
        return request;
    }

    private static Task<ChannelException> ErrorOf(PacketRequest request) => Assert.ThrowsAsync<ChannelException>(async () => await request.Completion);

    private static byte[] Bytes(Random random, int size)
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed class FailingClock : TimeProvider
    {
        public bool Fails { get; set; }

        public override DateTimeOffset GetUtcNow() => Fails ? throw new NotSupportedException("No time.") : FakeClock.At("2026-06-01").GetUtcNow();
    }

    /// <summary>Both ends of a channel; some are of DUPLEX, with the larger cipher.</summary>
    private sealed class Pair(int seed)
    {
        public SealedChannel Sender { get; } = Create(seed, isInitiator: true);

        public SealedChannel Receiver { get; } = Create(seed, isInitiator: false);

        public void Ratchet()
        {
            byte[] packet = new byte[ChannelProfile.RatchetTokenSize + Sender.Overhead];
            Sender.SealRatchetRequest(new SeededRandom(seed), packet);
            Assert.Equal(OpenedKind.Ratchet, Receiver.Open(packet, default).Kind);

            // The peer shows the new keys; no more than eight may be unconfirmed.
            byte[] answer = new byte[1 + Receiver.Overhead];
            Receiver.SealMessage("x"u8, answer);
            Assert.Equal(OpenedKind.Message, Sender.Open(answer, new byte[1]).Kind);
        }

        private static SealedChannel Create(int seed, bool isInitiator) => new(
            TestChannels.Keys(isInitiator, seed, seed % 3 == 1 ? QsmpProtocol.Duplex : null), Clock);
    }
}
