using System.Buffers.Binary;
using Postern.Tests.Support;

namespace Postern.Tests;

public sealed class SecureChannelTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly DuplexPipe _pipe = new();
    private readonly byte[] _buffer = new byte[65504];

    [Fact]
    public async Task Message_boundaries_are_kept_however_the_bytes_arrive()
    {
        _pipe.Server.ReadLimit = 7;
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        int[] sizes = [1, 500, 2, 40_000, 3, 65504, 1];
        foreach (int size in sizes) await client.SendAsync(new byte[size]);
        foreach (int size in sizes) Assert.Equal(size, await server.ReceiveAsync(_buffer));
        Assert.Equal(sizes.Sum(), server.BytesReceived);
        Assert.Equal(sizes.Sum(), client.BytesSent);
    }

    [Fact]
    public async Task Each_message_is_one_write()
    {
        (SecureChannel client, _) = TestChannels.Secure(_pipe);
        await client.SendAsync(new byte[1]);
        await client.SendAsync(new byte[65504]);
        await client.RatchetAsync();
        await client.CompleteAsync();
        Assert.Equal([54, 65557, 85, 54], _pipe.Client.Writes);
    }

    [Fact]
    public async Task A_message_that_does_not_fit_stays_for_a_larger_buffer()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        await client.SendAsync("hello"u8.ToArray());
        await Assert.ThrowsAsync<ArgumentException>("buffer", () => server.ReceiveAsync(new byte[4]).AsTask());
        await Assert.ThrowsAsync<ArgumentException>("buffer", () => server.ReceiveAsync(Memory<byte>.Empty).AsTask());
        Assert.Equal(5, await server.ReceiveAsync(_buffer));
        Assert.Equal("hello"u8.ToArray(), _buffer[..5]);
    }

    [Fact]
    public async Task Messages_of_concurrent_senders_arrive_whole_and_each_senders_in_order()
    {
        const int Senders = 8;
        const int Messages = 500;
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(new DuplexPipe(capacity: 10_000));
        Task[] senders = [.. Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (int i = 0; i < Messages; i++)
            {
                byte[] message = new byte[20 + ((i * 7) % 300)];
                message.AsSpan().Fill((byte)sender);
                BinaryPrimitives.WriteInt32LittleEndian(message, i);
                await client.SendAsync(message);
            }
        }))];
        int[] next = new int[Senders];
        for (int i = 0; i < Senders * Messages; i++)
        {
            int size = await server.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard);
            byte sender = _buffer[4];
            int number = next[sender]++;
            Assert.Equal(number, BinaryPrimitives.ReadInt32LittleEndian(_buffer));
            Assert.Equal(20 + ((number * 7) % 300), size);
            Assert.False(_buffer.AsSpan(4, size - 4).ContainsAnyExcept(sender));
        }

        await Task.WhenAll(senders);
        Assert.All(next, count => Assert.Equal(Messages, count));
    }

    [Fact]
    public async Task A_second_receive_beside_the_first_is_the_callers_mistake_and_harms_nothing()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        Task<int> first = server.ReceiveAsync(_buffer).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.ReceiveAsync(new byte[10]).AsTask());
        await client.SendAsync("one"u8.ToArray());
        Assert.Equal(3, await first);
        await client.SendAsync("next"u8.ToArray());
        Assert.Equal(4, await server.ReceiveAsync(_buffer));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_completing_one_side_receives_on_until_the_peers_goodbye(bool clientCompletes)
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        (SecureChannel first, SecureChannel other) = clientCompletes ? (client, server) : (server, client);
        await first.SendAsync("request"u8.ToArray());
        await first.CompleteAsync();
        await first.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => first.SendAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => first.RatchetAsync().AsTask());

        Assert.Equal(7, await other.ReceiveAsync(_buffer));
        Assert.Null(other.PeerCloseCode);
        Assert.Equal(0, await other.ReceiveAsync(_buffer));
        Assert.Equal((byte)0, other.PeerCloseCode);
        await other.SendAsync("answer"u8.ToArray());
        await other.CompleteAsync();
        Assert.Equal(6, await first.ReceiveAsync(_buffer));
        Assert.Equal(0, await first.ReceiveAsync(_buffer));
        Assert.Equal(0, await first.ReceiveAsync(_buffer));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(53)]
    public async Task A_stream_that_ends_without_a_goodbye_is_a_lost_connection_and_no_end(int bytesOfAPacket)
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        await client.SendAsync("whole"u8.ToArray());
        await client.SendAsync("part"u8.ToArray());
        byte[] wire = await _pipe.Server.ReadBytesAsync(58 + 57);
        DuplexPipe cut = new();
        await using SecureChannel receiver = TestChannels.Secure(
            isInitiator: false, cut.Server, TestChannels.ClockOf(FakeClock.At("2026-06-01")));
        await cut.Client.WriteAsync(wire.AsMemory(0, 58 + bytesOfAPacket));
        cut.Client.CompleteWriting();
        Assert.Equal(5, await receiver.ReceiveAsync(_buffer));
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, receiver.ReceiveAsync(_buffer));
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, receiver.ReceiveAsync(_buffer));
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, receiver.SendAsync(new byte[1]));
        Assert.True(cut.Server.IsDisposed);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_reset_is_a_lost_connection_for_both_calls()
    {
        (SecureChannel client, _) = TestChannels.Secure(_pipe);
        Task<int> receiving = client.ReceiveAsync(_buffer).AsTask();
        _pipe.Reset();
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, () => receiving);
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, client.SendAsync(new byte[1]));
    }

    [Fact]
    public async Task A_cancelled_receive_loses_nothing_wherever_it_stood()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        await client.SendAsync("message"u8.ToArray());
        byte[] packet = await _pipe.Server.ReadBytesAsync(60);
        foreach (byte part in packet)
        {
            using CancellationTokenSource cancellation = new();
            Task<int> receiving = server.ReceiveAsync(_buffer, cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
            await _pipe.Client.WriteAsync(new[] { part });
        }

        Assert.Equal(7, await server.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
        Assert.Equal("message"u8.ToArray(), _buffer[..7]);
    }

    [Fact]
    public async Task A_send_cancelled_in_mid_write_finishes_the_channel()
    {
        DuplexPipe pipe = new(capacity: 100);
        (SecureChannel client, _) = TestChannels.Secure(pipe);
        using CancellationTokenSource cancellation = new();
        Task sending = client.SendAsync(new byte[1000], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, () => client.SendAsync(new byte[1]).AsTask().WaitAsync(HangGuard));
        Assert.All(TestChannels.Ciphers(client.Sealed), cipher => Assert.False(cipher.Secrets.ContainsAnyExcept((byte)0)));
        Assert.True(pipe.Client.IsDisposed);
    }

    [Fact]
    public async Task A_send_cancelled_while_it_waits_for_its_turn_harms_nothing()
    {
        DuplexPipe pipe = new(capacity: 100);
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(pipe);
        Task blocked = client.SendAsync(new byte[1000]).AsTask();
        using CancellationTokenSource cancellation = new();
        Task waiting = client.SendAsync(new byte[1], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1000, await server.ReceiveAsync(_buffer));
        await blocked;
    }

    [Fact]
    public async Task Closing_with_a_peer_that_does_not_read_gives_up_the_goodbye()
    {
        DuplexPipe pipe = new(capacity: 10);
        (SecureChannel client, _) = TestChannels.Secure(pipe, closeTimeout: TimeSpan.FromMilliseconds(30));
        await client.CloseAsync().AsTask().WaitAsync(HangGuard);
        Assert.True(pipe.Client.IsDisposed);
    }

    [Fact]
    public async Task Closing_beside_a_blocked_send_frees_the_sender()
    {
        DuplexPipe pipe = new(capacity: 10);
        (SecureChannel client, _) = TestChannels.Secure(pipe, closeTimeout: TimeSpan.FromMilliseconds(30));
        Task sending = client.SendAsync(new byte[100]).AsTask();
        await client.CloseAsync().AsTask().WaitAsync(HangGuard);
        await ChannelAssert.ThrowsAsync(ChannelError.ChannelClosed, () => sending.WaitAsync(HangGuard));
    }

    [Fact]
    public async Task Closing_says_goodbye_once_ends_a_pending_receive_and_erases_the_keys()
    {
        await using SecureChannel client = TestChannels.Secure(
            isInitiator: true, _pipe.Client, TestChannels.ClockOf(FakeClock.At("2026-06-01")));
        await using SecureChannel server = TestChannels.Secure(
            isInitiator: false, _pipe.Server, TestChannels.ClockOf(FakeClock.At("2026-06-01")));
        Task<int> receiving = client.ReceiveAsync(_buffer).AsTask();
        await client.CloseAsync();
        await client.CloseAsync();
        await client.DisposeAsync();
        await ChannelAssert.ThrowsAsync(ChannelError.ChannelClosed, () => receiving.WaitAsync(HangGuard));
        await ChannelAssert.ThrowsAsync(ChannelError.ChannelClosed, client.SendAsync(new byte[1]));
        Assert.Equal([54], _pipe.Client.Writes);
        Assert.All(TestChannels.Ciphers(client.Sealed), cipher => Assert.False(cipher.Secrets.ContainsAnyExcept((byte)0)));
        Assert.Equal(0, await server.ReceiveAsync(_buffer));
    }

    [Fact]
    public async Task An_altered_packet_closes_the_connection_and_fails_the_sender_too()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        await client.SendAsync("message"u8.ToArray());
        byte[] packet = await _pipe.Server.ReadBytesAsync(60);
        packet[30] ^= 1;
        await _pipe.Client.WriteAsync(packet);
        await ChannelAssert.ThrowsAsync(ChannelError.AuthenticationFailed, server.ReceiveAsync(_buffer));
        await ChannelAssert.ThrowsAsync(ChannelError.AuthenticationFailed, server.SendAsync(new byte[1]));
        await ChannelAssert.ThrowsAsync(ChannelError.AuthenticationFailed, server.ReceiveAsync(_buffer));
        Assert.True(_pipe.Server.IsDisposed);
        Assert.Empty(_pipe.Server.Writes);
    }

    [Fact]
    public async Task A_client_without_the_option_does_not_ratchet()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe, mayClientRatchet: false);
        await Assert.ThrowsAsync<NotSupportedException>(() => client.RatchetAsync().AsTask());
        Assert.Empty(_pipe.Client.Writes);
        await server.RatchetAsync();
        await server.SendAsync("after"u8.ToArray());
        Assert.Equal(5, await client.ReceiveAsync(_buffer));
        Assert.Equal(1, client.RatchetCount);
    }

    [Fact]
    public async Task The_ninth_unanswered_ratchet_is_refused_and_the_channel_lives_on()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(_pipe);
        for (int i = 0; i < 8; i++) await server.RatchetAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.RatchetAsync().AsTask());
        await server.SendAsync("on"u8.ToArray());
        Assert.Equal(2, await client.ReceiveAsync(_buffer));
        await client.SendAsync("back"u8.ToArray());
        Assert.Equal(4, await server.ReceiveAsync(_buffer));
        await server.RatchetAsync();
    }
}
