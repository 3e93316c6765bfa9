using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Postern.Channels;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSMP §3.5 over a connection: what is held back, what ends it, and that nothing is lost or stuck.</summary>
public sealed class AsymmetricRatchetTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(120);

    private readonly DuplexPipe _pipe = new();
    private readonly byte[] _buffer = new byte[65472];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_sent_after_a_request_waits_for_the_answer_and_goes_out_under_the_new_keys(bool senderAsks)
    {
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(_pipe);
        (SecureChannel asking, SecureChannel answering) = senderAsks ? (sender, listener) : (listener, sender);
        DuplexEnd end = senderAsks ? _pipe.Client : _pipe.Server;
        await asking.RatchetAsync(RatchetKind.Asymmetric);
        Task sending = asking.SendAsync("held"u8.ToArray()).AsTask();
        Task goodbye = asking.CompleteAsync().AsTask();
        Assert.Equal([3369], end.Writes);
        Assert.Equal(0, asking.RatchetCount);
        Task<int> receivingAnswer = asking.ReceiveAsync(new byte[100]).AsTask();
        Assert.Equal(4, await answering.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
        await sending.WaitAsync(HangGuard);
        await goodbye.WaitAsync(HangGuard);
        Assert.Equal((1, 1), (asking.RatchetCount, answering.RatchetCount));
        Assert.Equal([3369, 4 + 85, 1 + 85], end.Writes);
        Assert.Equal([3337], (senderAsks ? _pipe.Server : _pipe.Client).Writes);
        await answering.CloseAsync();
        Assert.Equal(0, await receivingAnswer.WaitAsync(HangGuard));
    }

    [Theory]
    [InlineData(1, 1500)]
    [InlineData(3, 300)]
    public async Task Both_sides_ratchet_at_once_in_both_ways_while_both_send_in_bulk_and_nothing_is_lost(byte suiteId, int rounds)
    {
        DuplexPipe pipe = new(capacity: 20_000);
        Suite suite = QsmpSuites.All[suiteId - 1];
        ChannelContext context = new() { Clock = TestChannels.ClockOf(FakeClock.At("2026-06-01")), MayRatchet = true };
        await using SecureChannel sender = new(TestChannels.DuplexKeys(true, suite), new PacketTransport(pipe.Client), context);
        await using SecureChannel listener = new(TestChannels.DuplexKeys(false, suite), new PacketTransport(pipe.Server), context);
        await ExchangeAsync(sender, listener, rounds);
    }

    [Fact]
    public async Task Over_tcp_too()
    {
        using Socket listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        Socket one = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await one.ConnectAsync(listening.LocalEndPoint!);
        Socket two = await listening.AcceptAsync();
        ChannelContext context = new() { Clock = TestChannels.ClockOf(FakeClock.At("2026-06-01")), MayRatchet = true };
        await using SecureChannel sender = new(TestChannels.DuplexKeys(true), new PacketTransport(new NetworkStream(one, ownsSocket: true)), context);
        await using SecureChannel listener = new(TestChannels.DuplexKeys(false), new PacketTransport(new NetworkStream(two, ownsSocket: true)), context);
        await ExchangeAsync(sender, listener, 300);
    }

    [Fact]
    public async Task Requests_that_cross_make_one_ratchet()
    {
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(_pipe);
        await sender.RatchetAsync(RatchetKind.Asymmetric);
        await listener.RatchetAsync(RatchetKind.Asymmetric);
        Task fromSender = sender.SendAsync("one"u8.ToArray()).AsTask();
        Task fromListener = listener.SendAsync("three"u8.ToArray()).AsTask();
        Task<int> atSender = sender.ReceiveAsync(new byte[100]).AsTask();
        Assert.Equal(3, await listener.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
        Assert.Equal(5, await atSender.WaitAsync(HangGuard));
        await Task.WhenAll(fromSender, fromListener);
        Assert.Equal((1, 1), (sender.RatchetCount, listener.RatchetCount));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Channels_without_a_key_exchange_refuse_and_send_nothing(bool simplex)
    {
        ChannelContext context = new() { Clock = TestChannels.ClockOf(FakeClock.At("2026-06-01")), MayRatchet = true };
        ChannelKeys keys = simplex ? TestChannels.Keys(false, QsmpProtocol.Simplex, QsmpSuites.DilithiumS1KyberS1) : TestChannels.Keys(false);
        await using SecureChannel channel = new(keys, new PacketTransport(_pipe.Server), context);
        await Assert.ThrowsAsync<NotSupportedException>(() => channel.RatchetAsync(RatchetKind.Asymmetric).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => channel.RatchetAsync((RatchetKind)3).AsTask());
        Assert.Empty(_pipe.Server.Writes);
        await channel.RatchetAsync();
    }

    [Fact]
    public async Task A_goodbye_from_the_other_side_voids_the_request_and_frees_the_sender()
    {
        // The listener says goodbye before it has seen the request: it will not answer.
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(_pipe);
        await listener.CompleteAsync();
        await sender.RatchetAsync(RatchetKind.Asymmetric);
        Task sending = sender.SendAsync("still there"u8.ToArray()).AsTask();
        Assert.Equal(0, await sender.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
        await sending.WaitAsync(HangGuard);
        Assert.Equal(11, await listener.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
        Assert.Equal((0, 0), (sender.RatchetCount, listener.RatchetCount));
        await Assert.ThrowsAsync<InvalidOperationException>(() => sender.RatchetAsync(RatchetKind.Asymmetric).AsTask());
        await sender.RatchetAsync();
        await sender.SendAsync("and after"u8.ToArray());
        await sender.CompleteAsync().AsTask().WaitAsync(HangGuard);
        Assert.Equal(9, await listener.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
        Assert.Equal(0, await listener.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
        Assert.Equal(1, listener.RatchetCount);
    }

    [Fact]
    public async Task After_the_peers_goodbye_a_policy_leaves_the_asymmetric_ratchet_and_sends_on()
    {
        RatchetPolicy policy = new() { EveryPackets = 1, Jitter = 0, Kind = RatchetKind.Asymmetric };
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(_pipe, sender: context => context with { Ratchets = policy });
        await listener.CompleteAsync();
        Assert.Equal(0, await sender.ReceiveAsync(_buffer));
        for (int i = 0; i < 3; i++) await sender.SendAsync(new byte[10]).AsTask().WaitAsync(HangGuard);
        for (int i = 0; i < 3; i++) Assert.Equal(10, await listener.ReceiveAsync(_buffer));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closing_beside_an_unanswered_request_still_says_goodbye(bool senderAsks)
    {
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(_pipe);
        (SecureChannel asking, SecureChannel answering) = senderAsks ? (sender, listener) : (listener, sender);
        await asking.SendAsync("all of it"u8.ToArray());
        await asking.RatchetAsync(RatchetKind.Asymmetric);

        // Nobody receives on the asking side any more, as after a server's handler; the other still sends.
        Task closing = asking.CloseAsync().AsTask();
        await answering.SendAsync("dropped"u8.ToArray());
        Assert.Equal(9, await answering.ReceiveAsync(_buffer));
        Assert.Equal(0, await answering.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
        Assert.Equal((byte)0, answering.PeerCloseCode);
        await answering.CloseAsync();
        await closing.WaitAsync(HangGuard);
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("dispose")]
    [InlineData("reset")]
    [InlineData("altered")]
    public async Task Whatever_ends_the_channel_frees_all_that_was_held_back(string end)
    {
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(
            _pipe, sender: context => context with { CloseTimeout = TimeSpan.FromMilliseconds(30) });
        await sender.RatchetAsync(RatchetKind.Asymmetric);
        Task<int> receiving = sender.ReceiveAsync(_buffer).AsTask();
        Task[] held =
        [
            sender.SendAsync(new byte[1]).AsTask(), sender.SendAsync(new byte[2]).AsTask(), sender.RatchetAsync().AsTask(),
            sender.RatchetAsync(RatchetKind.Asymmetric).AsTask(), sender.CompleteAsync().AsTask(),
        ];
        Assert.All(held, task => Assert.False(task.IsCompleted));
        if (end == "abort") await sender.AbortAsync().AsTask().WaitAsync(HangGuard);
        else if (end == "dispose") await sender.DisposeAsync().AsTask().WaitAsync(HangGuard);
        else if (end == "reset") _pipe.Reset();
        else await _pipe.Server.WriteAsync(new byte[200]);
        foreach (Task task in (Task[])[.. held, receiving])
        {
            await Assert.ThrowsAsync<ChannelException>(() => task.WaitAsync(HangGuard));
        }

        await Assert.ThrowsAsync<ChannelException>(() => sender.SendAsync(new byte[1]).AsTask());
        await listener.AbortAsync();
        AssertTurns(sender, 1);
    }

    [Fact]
    public async Task A_cancelled_send_that_was_held_back_harms_nothing()
    {
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(_pipe);
        await sender.RatchetAsync(RatchetKind.Asymmetric);
        using CancellationTokenSource cancellation = new();
        Task cancelled = sender.SendAsync(new byte[1], cancellation.Token).AsTask();
        Task sending = sender.SendAsync(new byte[2]).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Task<int> answer = sender.ReceiveAsync(new byte[10]).AsTask();
        Assert.Equal(2, await listener.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
        await sending;
        await listener.SendAsync(new byte[3]);
        Assert.Equal(3, await answer.WaitAsync(HangGuard));
        AssertTurns(sender, 1);
    }

    [Fact]
    public async Task Aborts_at_any_moment_of_a_ratchet_leave_no_one_waiting_and_the_turn_released_once()
    {
        for (int i = 0; i < 300; i++)
        {
            (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(new DuplexPipe());
            Task[] tasks =
            [
                Task.Run(() => sender.RatchetAsync(RatchetKind.Asymmetric).AsTask()), Task.Run(() => listener.RatchetAsync(RatchetKind.Asymmetric).AsTask()),
                Task.Run(() => ReceiveToEndAsync(sender)), Task.Run(() => ReceiveToEndAsync(listener)),
                Task.Run(() => sender.SendAsync(new byte[1]).AsTask()), Task.Run(() => listener.SendAsync(new byte[1]).AsTask()),
                Task.Run(async () =>
                {
                    for (int spin = 0; spin < i % 60; spin++) await Task.Yield();
                    await (i % 2 == 0 ? sender : listener).AbortAsync();
                }),
            ];
            foreach (Task task in tasks)
            {
                try
                {
                    await task.WaitAsync(HangGuard);
                }
                catch (ChannelException)
                {
                    // It was broken off.
                }
            }

            await sender.AbortAsync();
            await listener.AbortAsync();
            AssertTurns(sender, 1);
            AssertTurns(listener, 1);
        }
    }

    [Fact]
    public async Task A_signing_key_that_is_gone_is_the_callers_mistake_and_does_not_hold_the_channel_for_ever()
    {
        using QsmpPrivateKey own = TestKeys.Generate(QsmpSuites.DilithiumS1KyberS1, 5);
        KeyExchangeRatchet exchange = new(own.Suite, own.Sign, own.VerificationKey.ToArray(), Sha3.DigestSize512);
        ChannelContext context = new() { Clock = TestChannels.ClockOf(FakeClock.At("2026-06-01")), MayRatchet = true };
        await using SecureChannel sender = new(
            TestChannels.Keys(true, QsmpProtocol.Duplex, own.Suite, exchange), new PacketTransport(_pipe.Client), context);
        own.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sender.RatchetAsync(RatchetKind.Asymmetric).AsTask());
        await sender.SendAsync("on"u8.ToArray()).AsTask().WaitAsync(HangGuard);
        Assert.Equal([87], _pipe.Client.Writes);
    }

    [Theory]
    [InlineData(0, ChannelError.AuthenticationFailed)] // The signature.
    [InlineData(2420, ChannelError.AuthenticationFailed)] // The signed hash.
    [InlineData(2420 + 64, ChannelError.HashMismatch)] // The key or ciphertext.
    public void A_sealed_but_wrongly_signed_ratchet_is_refused_and_final(int offset, ChannelError expected)
    {
        foreach (bool answer in (bool[])[false, true])
        {
            using SealedChannel sender = new(TestChannels.DuplexKeys(true), TestChannels.ClockOf(FakeClock.At("2026-06-01")));
            using SealedChannel listener = new(TestChannels.DuplexKeys(false), TestChannels.ClockOf(FakeClock.At("2026-06-01")));
            if (answer)
            {
                listener.Receive(sender.SealKeyExchange(new SeededRandom(1))!);
                byte[] response = TwistedPacket(listener, 0x11, listener.SealAnswer, offset);
                ChannelAssert.Throws(expected, () => sender.Receive(response));
            }
            else
            {
                byte[] request = TwistedPacket(listener, 0x10, listener.SealKeyExchange, offset);
                ChannelAssert.Throws(expected, () => sender.Receive(request));
            }

            ChannelAssert.Throws(ChannelError.ChannelClosed, () => sender.Seal([1]));
            Assert.All(Inside.Secrets(TestChannels.KeyExchangeOf(sender)), secret => Assert.True(secret.IsErased));
        }
    }

    [Fact]
    public void An_answer_that_nobody_asked_for_and_a_second_request_are_refused()
    {
        WireClock clock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));
        using SealedChannel sender = new(TestChannels.DuplexKeys(true), clock);
        using SealedChannel listener = new(TestChannels.DuplexKeys(false), clock);
        using SealedChannel third = new(TestChannels.DuplexKeys(false), clock);
        byte[] request = sender.SealKeyExchange(new SeededRandom(1))!;
        Assert.Equal(OpenedKind.RatchetToAnswer, listener.Receive(request).Packet.Kind);
        Assert.Null(listener.SealKeyExchange(new SeededRandom(1)));
        byte[] second = sender.SealKeyExchange(new SeededRandom(2))!;
        ChannelAssert.Throws(ChannelError.UnexpectedFlag, () => listener.Receive(second));

        third.Receive(request);
        byte[] answer = third.SealAnswer(new SeededRandom(1))!;
        using SealedChannel quiet = new(TestChannels.DuplexKeys(true), clock);
        ChannelAssert.Throws(ChannelError.UnexpectedFlag, () => quiet.Receive(answer));
    }

    // The packet that the channel would have sent, but with one bit of its message altered before it was sealed.
    private static byte[] TwistedPacket(SealedChannel channel, byte flag, Func<RandomSource, byte[]?> seal, int offset)
    {
        RcsCipher cipher = TestChannels.Keys(false, QsmpProtocol.Duplex, QsmpSuites.DilithiumS1KyberS1).Transmit;
        byte[] packet = seal(new SeededRandom(3))!;
        Assert.Equal(flag, packet[0]);
        byte[] message = new byte[packet.Length - channel.Overhead];
        using ChannelKeys same = TestChannels.DuplexKeys(false);
        Assert.True(same.Transmit.TryOpen(packet.AsSpan(0, 21), packet.AsSpan(21), message));
        message[offset] ^= 1;
        cipher.Seal(packet.AsSpan(0, 21), message, packet.AsSpan(21));
        cipher.Dispose();
        return packet;
    }

    private static void AssertTurns(SecureChannel channel, int expected)
    {
        SendTurn turn = (SendTurn)Inside.Field(Inside.Field(channel, "_sender")!, "_turn")!;
        bool isFree = turn.TryTake();
        Assert.Equal(expected == 1, isFree);

        // It was free once: given back more often than taken it would have said so.
        if (isFree) turn.Release();
    }

    private static async Task ReceiveToEndAsync(SecureChannel channel)
    {
        byte[] buffer = new byte[100];
        while (await channel.ReceiveAsync(buffer) > 0)
        {
            // Nothing is done with it.
        }
    }

    // Each side: one task that sends numbered messages, one that ratchets, one that receives all to the goodbye.
    private static async Task ExchangeAsync(SecureChannel one, SecureChannel two, int rounds)
    {
        const int MessagesPerRound = 4;
        await Task.WhenAll(RunAsync(one), RunAsync(two)).WaitAsync(HangGuard);
        Assert.True(one.RatchetCount > rounds / 2, $"Only {one.RatchetCount} ratchets.");

        async Task RunAsync(SecureChannel channel)
        {
            Task receiving = Task.Run(() => ReceiveNumbersAsync(channel, rounds * MessagesPerRound));
            await Task.WhenAll(Task.Run(() => SendNumbersAsync(channel, rounds * MessagesPerRound)), Task.Run(() => RatchetAsync(channel, rounds)));
            await channel.CompleteAsync();
            await receiving;
        }
    }

    private static async Task SendNumbersAsync(SecureChannel channel, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] message = new byte[4 + ((i * 37) % 700)];
            BinaryPrimitives.WriteInt32LittleEndian(message, i);
            await channel.SendAsync(message);
        }
    }

    private static async Task RatchetAsync(SecureChannel channel, int rounds)
    {
        for (int i = 0; i < rounds && !channel.Sealed.PeerSaidGoodbye; i++)
        {
            try
            {
                if (i % 3 > 0) await channel.RatchetAsync(RatchetKind.Asymmetric);
                else if (channel.GetStatus().PendingRatchets < 7) await channel.RatchetAsync();
            }
            catch (InvalidOperationException) when (channel.Sealed.PeerSaidGoodbye)
            {
                // It finished before this side.
            }

            await Task.Yield();
        }
    }

    private static async Task ReceiveNumbersAsync(SecureChannel channel, int count)
    {
        byte[] buffer = new byte[1000];
        for (int next = 0; ; next++)
        {
            int size = await channel.ReceiveAsync(buffer);
            if (size == 0)
            {
                Assert.Equal(count, next);
                return;
            }

            Assert.Equal(next, BinaryPrimitives.ReadInt32LittleEndian(buffer));
            Assert.Equal(4 + ((next * 37) % 700), size);
        }
    }
}
