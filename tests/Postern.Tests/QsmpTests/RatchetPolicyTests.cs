using Postern.Qsmp;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Ratchets that a channel makes by itself, by bytes, packets and time.</summary>
public sealed class RatchetPolicyTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly DuplexPipe _pipe = new();
    private readonly ManualClock _clock = new();
    private readonly byte[] _buffer = new byte[65472];

    [Theory]
    [InlineData(RatchetKind.Symmetric)]
    [InlineData(RatchetKind.Asymmetric)]
    public async Task By_packets_without_jitter_it_comes_after_exactly_so_many(RatchetKind kind)
    {
        (SecureChannel sender, SecureChannel listener) = Channels(new RatchetPolicy { EveryPackets = 5, Jitter = 0, Kind = kind });
        int received = 0;
        Task atSender = ReceiveToEndAsync(sender, _ => { });
        Task atListener = ReceiveToEndAsync(listener, _ => Interlocked.Increment(ref received));
        for (int i = 1; i <= 20; i++)
        {
            await sender.SendAsync(new byte[10]).AsTask().WaitAsync(HangGuard);
            await TestServer.UntilAsync(() => Volatile.Read(ref received) == i);

            // The request that follows the fifth message is on its way, or was taken already.
            if (i % 5 == 0) await TestServer.UntilAsync(() => (sender.RatchetCount, listener.RatchetCount) == (i / 5, i / 5));
            Assert.Equal((i / 5, i / 5), (sender.RatchetCount, listener.RatchetCount));
        }

        await sender.CompleteAsync().AsTask().WaitAsync(HangGuard);
        await listener.CompleteAsync();
        await Task.WhenAll(atSender, atListener).WaitAsync(HangGuard);
    }

    [Fact]
    public async Task By_bytes_it_comes_once_so_many_were_sent_under_the_key()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(new RatchetPolicy { EveryBytes = 1000, Jitter = 0 });
        int[] sizes = [999, 1, 1000, 500, 499, 1, 65472];
        int[] ratchets = [0, 1, 2, 2, 2, 3, 4];
        for (int i = 0; i < sizes.Length; i++)
        {
            await sender.SendAsync(new byte[sizes[i]]);
            Assert.Equal(ratchets[i], sender.RatchetCount);
            Assert.Equal(sizes[i], await listener.ReceiveAsync(_buffer));
        }

        Assert.Equal(4, sender.GetStatus().Epoch);
    }

    [Fact]
    public async Task By_time_it_comes_with_the_first_packet_after_the_keys_age_is_reached_and_not_by_itself()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(new RatchetPolicy { Every = TimeSpan.FromSeconds(10), Jitter = 0 });
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        await sender.SendAsync(new byte[1]);
        Assert.Equal(0, sender.RatchetCount);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, sender.RatchetCount);
        await sender.SendAsync(new byte[1]);
        Assert.Equal(1, sender.RatchetCount);
        await sender.SendAsync(new byte[1]);
        Assert.Equal(1, sender.RatchetCount);
        for (int i = 0; i < 3; i++) await listener.ReceiveAsync(_buffer);
    }

    [Fact]
    public async Task A_keys_age_counts_from_the_ratchet_that_made_it_even_if_that_was_the_peers()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(new RatchetPolicy { Every = TimeSpan.FromSeconds(10), Jitter = 0 });
        await listener.RatchetAsync();
        await listener.SendAsync(new byte[1]);
        await sender.ReceiveAsync(_buffer);
        _clock.Advance(TimeSpan.FromSeconds(11));
        await sender.SendAsync(new byte[1]);
        Assert.Equal(2, sender.RatchetCount);
    }

    [Fact]
    public async Task The_peers_ratchet_starts_the_count_over()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(new RatchetPolicy { EveryPackets = 3, Jitter = 0 });
        await sender.SendAsync(new byte[1]);
        await sender.SendAsync(new byte[1]);
        await listener.RatchetAsync();
        await listener.SendAsync(new byte[1]);
        await sender.ReceiveAsync(_buffer);
        await sender.SendAsync(new byte[1]);
        await sender.SendAsync(new byte[1]);
        Assert.Equal(1, sender.RatchetCount);
        await sender.SendAsync(new byte[1]);
        Assert.Equal(2, sender.RatchetCount);
    }

    [Fact]
    public async Task Jitter_keeps_each_limit_within_its_fraction_and_draws_it_anew()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(new RatchetPolicy { EveryBytes = 1000, Jitter = 0.5 });
        HashSet<long> limits = [];
        long since = 0;
        for (int ratchets = 0; ratchets < 60;)
        {
            await sender.SendAsync(new byte[1]);
            since++;
            await listener.ReceiveAsync(_buffer);
            if (sender.RatchetCount == ratchets) continue;
            Assert.InRange(since, 500, 1500);
            limits.Add(since);
            (since, ratchets) = (0, ratchets + 1);
            await listener.SendAsync(new byte[1]);
            await sender.ReceiveAsync(_buffer);
        }

        Assert.True(limits.Count > 40, $"Only {limits.Count} different limits of 60.");
    }

    [Fact]
    public async Task With_eight_unconfirmed_ratchets_a_policy_waits_instead_of_failing()
    {
        (SecureChannel sender, SecureChannel listener) = Channels(new RatchetPolicy { EveryPackets = 1, Jitter = 0 });
        for (int i = 0; i < 20; i++) await sender.SendAsync(new byte[1]);
        Assert.Equal(8, sender.RatchetCount);
        for (int i = 0; i < 20; i++) Assert.Equal(1, await listener.ReceiveAsync(_buffer));
        await listener.SendAsync(new byte[1]);
        await sender.ReceiveAsync(_buffer);
        await sender.SendAsync(new byte[1]);
        Assert.Equal(9, sender.RatchetCount);
    }

    [Fact]
    public async Task Two_policies_at_work_on_one_channel_lose_nothing()
    {
        RatchetPolicy policy = new() { EveryPackets = 3, Kind = RatchetKind.Asymmetric };
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(
            _pipe, _clock, context => context with { Ratchets = policy }, context => context with { Ratchets = policy });
        const int Count = 2000;
        await Task.WhenAll(RunAsync(sender), RunAsync(listener)).WaitAsync(HangGuard);
        Assert.True(sender.RatchetCount > 100, $"Only {sender.RatchetCount} ratchets.");

        static async Task RunAsync(SecureChannel channel)
        {
            int next = 0;
            Task receiving = Task.Run(() => ReceiveToEndAsync(channel, message => Assert.Equal(next++, BitConverter.ToInt32(message))));
            for (int i = 0; i < Count; i++) await channel.SendAsync(BitConverter.GetBytes(i));
            await channel.CompleteAsync();
            await receiving;
            Assert.Equal(Count, next);
        }
    }

    [Fact]
    public void A_policy_of_asymmetric_ratchets_is_refused_where_there_are_none()
    {
        RatchetPolicy policy = new() { EveryPackets = 1, Kind = RatchetKind.Asymmetric };
        TestKeys keys = TestKeys.For(QsmpSuites.DilithiumS1KyberS1);
        QsmpSimplexServerOptions server = new() { Keys = [keys.Responder], Ratchets = policy };
        System.Net.IPEndPoint any = new(System.Net.IPAddress.Loopback, 0);
        Assert.Throws<InvalidOperationException>(() => QsmpSimplexServer.Start(any, server, TestServer.EchoAsync));
        Assert.Throws<InvalidOperationException>(() => new QstpClientOptions { Ratchets = policy, AllowClientRatchet = true }.CreateContext());
        Assert.Throws<InvalidOperationException>(() => new QsmpSimplexClientOptions { Ratchets = policy, AllowClientRatchet = true }.CreateContext());
        Assert.Equal(policy, new QsmpDuplexConnectOptions { Ratchets = policy }.CreateContext(QsmpSuites.Default).Ratchets);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RatchetPolicy { Kind = (RatchetKind)7 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RatchetPolicy { Jitter = 0.51 });
    }

    private (SecureChannel Sender, SecureChannel Listener) Channels(RatchetPolicy policy) =>
        TestChannels.Duplex(_pipe, _clock, context => context with { Ratchets = policy });

    private static async Task ReceiveToEndAsync(SecureChannel channel, Action<byte[]> take)
    {
        byte[] buffer = new byte[100];
        while (await channel.ReceiveAsync(buffer) > 0) take(buffer);
    }
}
