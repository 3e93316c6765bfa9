using Postern.Connections;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>A sender that waits for the answer to an asymmetric ratchet reads for itself while nobody else does. (QSMP §3.5)</summary>
public sealed class ReadAheadTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(120);

    private readonly DuplexPipe _pipe = new();

    [Fact]
    public async Task Programs_that_send_and_receive_by_turns_ratchet_on_and_on()
    {
        ChannelContext context = new()
        {
            Clock = TestChannels.ClockOf(FakeClock.At("2026-06-01")),
            MayRatchet = true,
            Ratchets = new RatchetPolicy { EveryPackets = 3, Jitter = 0, Kind = RatchetKind.Asymmetric },
        };
        await using SecureChannel one = new(TestChannels.DuplexKeys(true), new PacketTransport(_pipe.Client), context);
        await using SecureChannel two = new(TestChannels.DuplexKeys(false), new PacketTransport(_pipe.Server), context);
        const int rounds = 200;
        Task echo = Task.Run(async () =>
        {
            byte[] buffer = new byte[16];
            for (int i = 0; i < rounds; i++)
            {
                // Two at once: the second comes while the first one's echo waits.
                int first = await two.ReceiveAsync(buffer);
                await two.SendAsync(buffer.AsMemory(0, first));
                int second = await two.ReceiveAsync(buffer);
                await two.SendAsync(buffer.AsMemory(0, second));
            }
        });
        Task asking = Task.Run(async () =>
        {
            byte[] buffer = new byte[16];
            for (int i = 0; i < rounds; i++)
            {
                await one.SendAsync(BitConverter.GetBytes(2 * i));
                await one.SendAsync(BitConverter.GetBytes((2 * i) + 1));
                Assert.Equal(4, await one.ReceiveAsync(buffer));
                Assert.Equal(2 * i, BitConverter.ToInt32(buffer));
                Assert.Equal(4, await one.ReceiveAsync(buffer));
                Assert.Equal((2 * i) + 1, BitConverter.ToInt32(buffer));
            }
        });
        await Task.WhenAll(echo, asking).WaitAsync(HangGuard);
        Assert.InRange(one.RatchetCount, rounds / 4, rounds * 2);
    }

    [Fact]
    public async Task What_was_read_ahead_is_received_in_its_order()
    {
        (SecureChannel asking, SecureChannel answering) = TestChannels.Duplex(_pipe);
        for (int i = 0; i < 50; i++) await answering.SendAsync(BitConverter.GetBytes(i));
        await asking.RatchetAsync(RatchetKind.Asymmetric);
        Task answered = answering.ReceiveAsync(new byte[4]).AsTask();

        // Nobody receives here, and yet it gets through: the answer stands behind fifty messages.
        await asking.SendAsync("sent"u8.ToArray()).AsTask().WaitAsync(HangGuard);
        await answered.WaitAsync(HangGuard);
        Assert.Equal(1, asking.RatchetCount);
        await answering.SendAsync(BitConverter.GetBytes(50));
        byte[] buffer = new byte[4];
        for (int i = 0; i <= 50; i++)
        {
            Assert.Equal(4, await asking.WaitForMessageAsync().AsTask().WaitAsync(HangGuard));
            Assert.Equal(4, await asking.ReceiveAsync(buffer).AsTask().WaitAsync(HangGuard));
            Assert.Equal(i, BitConverter.ToInt32(buffer));
        }

        Assert.Equal(51 * 4, asking.BytesReceived);
    }

    [Fact]
    public async Task A_receiver_that_comes_takes_over_from_a_waiting_sender()
    {
        (SecureChannel asking, SecureChannel answering) = TestChannels.Duplex(_pipe);
        await asking.RatchetAsync(RatchetKind.Asymmetric);
        Task sending = asking.SendAsync("held"u8.ToArray()).AsTask();
        byte[] buffer = new byte[16];
        for (int i = 0; i < 20; i++)
        {
            Task<int> receiving = asking.ReceiveAsync(buffer).AsTask();
            await answering.SendAsync(BitConverter.GetBytes(i));
            Assert.Equal(4, await receiving.WaitAsync(HangGuard));
            Assert.Equal(i, BitConverter.ToInt32(buffer));
        }

        Assert.False(sending.IsCompleted);
        Assert.Equal(4, await answering.ReceiveAsync(new byte[16]).AsTask().WaitAsync(HangGuard));
        await sending.WaitAsync(HangGuard);
    }

    [Fact]
    public async Task What_is_kept_is_bounded_by_memory_and_not_by_content()
    {
        AheadMessages messages = new();
        int count = 0;
        for (; !messages.IsFull; count++) messages.Add(new byte[16], 1);
        Assert.InRange(count, 1, AheadMessages.MaxBytes / (16 + 64) + 1);
        byte[] secret = [1, 2, 3, .. new byte[13]];
        messages.Add(secret, 3);
        messages.Clear();
        Assert.False(messages.IsFull);
        Assert.Equal(0, messages.NextSize);
        Assert.All(secret, value => Assert.Equal(0, value));

        // The sender goes on waiting when it is full, and the peer's messages wait on the wire.
        (SecureChannel asking, SecureChannel answering) = TestChannels.Duplex(_pipe);
        await asking.RatchetAsync(RatchetKind.Asymmetric);
        Task sending = asking.SendAsync("held"u8.ToArray()).AsTask();
        await answering.SendAsync("first"u8.ToArray());
        Assert.Equal(5, await asking.ReceiveAsync(new byte[16]).AsTask().WaitAsync(HangGuard));
        Assert.False(sending.IsCompleted);
        await asking.AbortAsync();
        await Assert.ThrowsAsync<ChannelException>(() => sending.WaitAsync(HangGuard));
    }

    [Fact]
    public async Task A_peer_that_never_answers_is_given_up_when_its_packets_would_be_too_old()
    {
        ManualClock clock = new();
        (SecureChannel asking, SecureChannel answering) = TestChannels.Duplex(_pipe, clock);
        await asking.RatchetAsync(RatchetKind.Asymmetric);
        Task sending = asking.SendAsync("held"u8.ToArray()).AsTask();
        clock.Advance(TimeSpan.FromSeconds(59));

        // An answer just in time is taken.
        Assert.Equal(4, await answering.ReceiveAsync(new byte[16]).AsTask().WaitAsync(HangGuard));
        await sending.WaitAsync(HangGuard);

        await asking.RatchetAsync(RatchetKind.Asymmetric);
        sending = asking.SendAsync("never"u8.ToArray()).AsTask();
        Task<int> receiving = asking.ReceiveAsync(new byte[16]).AsTask();
        clock.Advance(TimeSpan.FromSeconds(61));
        await ChannelAssert.ThrowsAsync(ChannelError.IdleTimeout, () => sending.WaitAsync(HangGuard));
        await ChannelAssert.ThrowsAsync(ChannelError.IdleTimeout, () => receiving.WaitAsync(HangGuard));
    }

    [Fact]
    public async Task A_second_receiver_is_still_a_mistake()
    {
        (SecureChannel asking, SecureChannel _) = TestChannels.Duplex(_pipe);
        Task<int> receiving = asking.ReceiveAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await asking.ReceiveAsync(new byte[1]));
        await asking.AbortAsync();
        await Assert.ThrowsAsync<ChannelException>(() => receiving);
    }

    [Fact]
    public async Task A_waiting_sender_learns_of_the_channels_end()
    {
        (SecureChannel asking, SecureChannel answering) = TestChannels.Duplex(_pipe);
        await asking.RatchetAsync(RatchetKind.Asymmetric);
        Task sending = asking.SendAsync("held"u8.ToArray()).AsTask();
        await answering.AbortAsync();
        await Assert.ThrowsAsync<ChannelException>(() => sending.WaitAsync(HangGuard));
    }
}
