using Postern.Channels;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>The keep-alive extension, on a clock that moves only when told to.</summary>
public sealed class KeepAliveTests
{
    private const int KeepAliveSize = 21 + 4 + 64;

    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly DuplexPipe _pipe = new();
    private readonly ManualClock _clock = new();
    private readonly byte[] _buffer = new byte[100];

    [Fact]
    public async Task A_silent_side_sends_one_each_interval_and_none_while_it_talks()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(1, 1);
        _clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Empty(_pipe.Client.Writes);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal([KeepAliveSize], _pipe.Client.Writes);
        for (int i = 0; i < 8; i++)
        {
            await sender.SendAsync(new byte[1]);
            _clock.Advance(TimeSpan.FromSeconds(0.5));
        }

        Assert.DoesNotContain(KeepAliveSize, _pipe.Client.Writes.Skip(1));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.InRange(_pipe.Client.Writes.Count(size => size == KeepAliveSize), 10, 12);

        // They are no messages, and count for nobody but the keys.
        for (int i = 0; i < 8; i++) Assert.Equal(1, await listener.ReceiveAsync(_buffer));
        Assert.Equal(8, listener.BytesReceived);
    }

    [Fact]
    public async Task A_long_quiet_channel_survives_and_then_carries_a_message()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(1, 1);
        Task<int> atListener = listener.ReceiveAsync(_buffer).AsTask();
        Task<int> atSender = sender.ReceiveAsync(new byte[10]).AsTask();
        for (int i = 0; i < 400; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.25));
            await ReadAsync();
        }

        Assert.False(atListener.IsCompleted);
        Assert.False(atSender.IsCompleted);
        await sender.SendAsync(new byte[3]);
        Assert.Equal(3, await atListener.WaitAsync(HangGuard));
        await sender.AbortAsync();
        await listener.AbortAsync();
        await Assert.ThrowsAsync<ChannelException>(() => atSender);
        Assert.Equal(0, _clock.TimerCount);
    }

    [Fact]
    public async Task A_peer_that_is_silent_for_three_intervals_is_given_up_and_not_before()
    {
        (SecureChannel sender, _) = Channels(1, null);
        Task<int> receiving = sender.ReceiveAsync(_buffer).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.False(_pipe.Client.IsDisposed);
        _clock.Advance(TimeSpan.FromSeconds(0.25));
        await ChannelAssert.ThrowsAsync(ChannelError.IdleTimeout, () => receiving.WaitAsync(HangGuard));
        Assert.Equal(0, _clock.TimerCount);
        Assert.True(_pipe.Client.IsDisposed);
    }

    [Fact]
    public async Task Waits_that_are_cancelled_add_up()
    {
        (SecureChannel sender, _) = Channels(1, null);
        Task<int>? receiving = null;
        for (int i = 0; i < 4; i++)
        {
            using CancellationTokenSource patience = new();
            receiving = sender.ReceiveAsync(_buffer, patience.Token).AsTask();
            _clock.Advance(TimeSpan.FromSeconds(0.9));
            if (_pipe.Client.IsDisposed) break;
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        }

        await ChannelAssert.ThrowsAsync(ChannelError.IdleTimeout, () => receiving!);
    }

    [Fact]
    public async Task A_side_that_does_not_read_for_long_does_not_blame_its_peer()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(1, 1);
        _clock.Advance(TimeSpan.FromSeconds(50));
        await listener.SendAsync(new byte[7]);
        Assert.Equal(7, await sender.ReceiveAsync(_buffer).AsTask().WaitAsync(HangGuard));
    }

    [Theory]
    [InlineData(10_000u, 30)]
    [InlineData(9_000u, 27)]
    [InlineData(uint.MaxValue, 30)] // At most ten times our own: the peer must not switch the watch off.
    public async Task A_peer_that_announces_a_longer_interval_is_given_three_of_those(uint milliseconds, int seconds)
    {
        (SecureChannel sender, _) = Channels(1, null);
        Task<int> receiving = sender.ReceiveAsync(_buffer).AsTask();

        // Written by hand: the other end of the pipe stays out of it.
        using SealedChannel peer = new(TestChannels.DuplexKeys(isInitiator: false), TestChannels.ClockOf(_clock), acceptsKeepAlive: true);
        byte[] announcement = new byte[KeepAliveSize];
        peer.SealKeepAlive(milliseconds, announcement);
        await _pipe.Server.WriteAsync(announcement);
        await TestServer.UntilAsync(() => Interval(sender) == TimeSpan.FromMilliseconds(milliseconds));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.False(_pipe.Client.IsDisposed);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await ChannelAssert.ThrowsAsync(ChannelError.IdleTimeout, () => receiving.WaitAsync(HangGuard));
    }

    [Fact]
    public async Task A_peer_without_the_extension_refuses_it()
    {
        (_, SecureChannel listener) = Channels(1, null);
        Task<int> receiving = listener.ReceiveAsync(_buffer).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await ChannelAssert.ThrowsAsync(ChannelError.UnexpectedFlag, () => receiving.WaitAsync(HangGuard));
    }

    [Fact]
    public async Task None_is_sent_while_everything_is_held_back_for_an_asymmetric_ratchet_nor_after_the_goodbye()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(1, 1);
        await sender.RatchetAsync(RatchetKind.Asymmetric);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([3369], _pipe.Client.Writes);
        Task<int> atSender = sender.ReceiveAsync(new byte[10]).AsTask();
        Task<int> atListener = listener.ReceiveAsync(_buffer).AsTask();
        await sender.SendAsync(new byte[2]).AsTask().WaitAsync(HangGuard);
        Assert.Equal(2, await atListener.WaitAsync(HangGuard));
        await sender.CompleteAsync();
        int writes = _pipe.Client.Writes.Count;
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(writes, _pipe.Client.Writes.Count);
        await listener.CloseAsync();
        Assert.Equal(0, await atSender.WaitAsync(HangGuard));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_keep_alive_carries_exactly_four_bytes(int size)
    {
        using SealedChannel channel = new(TestChannels.DuplexKeys(isInitiator: false), TestChannels.ClockOf(_clock), acceptsKeepAlive: true);
        PacketHeader header = new(ChannelProfile.KeepAliveFlag, (uint)(size + 64), 4, 0);
        ChannelAssert.Throws(ChannelError.InvalidLength, () => channel.CheckHeader(header));
    }

    private static TimeSpan? Interval(SecureChannel channel) => channel.Receiver.PeerInterval;

    private (SecureChannel Sender, SecureChannel Listener) Channels(int? senderSeconds, int? listenerSeconds) => TestChannels.Duplex(
        _pipe,
        _clock,
        context => context with { KeepAliveInterval = senderSeconds is { } one ? TimeSpan.FromSeconds(one) : null },
        context => context with { KeepAliveInterval = listenerSeconds is { } two ? TimeSpan.FromSeconds(two) : null });

    // Lets the receivers, which run on the pool, take what is on its way before the clock goes on.
    private Task ReadAsync() => TestServer.UntilAsync(() => _pipe.InFlight is (0, 0));
}
