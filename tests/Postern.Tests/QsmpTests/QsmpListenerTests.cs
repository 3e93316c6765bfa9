using System.Net;
using System.Net.Sockets;
using Postern.Connections;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Broadcasts, listeners for one peer, and how often one network may connect.</summary>
public sealed class QsmpListenerTests
{
    private static readonly TestKeys Keys = TestKeys.For(QsmpSuites.DilithiumS1KyberS1);
    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");
    private static readonly HandshakeStage Stage = HandshakeStage.Qsmp(QsmpMode.Duplex, QsmpSuites.DilithiumS1KyberS1);
    private static readonly QsmpDuplexConnectOptions ConnectOptions = new() { TimeProvider = Clock, HandshakeTimeout = TestServer.HangGuard };

    [Fact]
    public async Task A_broadcast_reaches_everyone_but_the_client_that_does_not_read_and_breaks_off_that_one()
    {
        DuplexPipe[] pipes = [new(), new(capacity: 1000), new()];
        (SecureChannel Sender, SecureChannel Listener)[] channels = [.. pipes.Select(pipe => TestChannels.Duplex(pipe))];
        byte[] message = new byte[5000];
        new Random(1).NextBytes(message);
        Task<BroadcastResult> broadcast = Broadcast.SendAsync(
            [.. channels.Select(pair => pair.Listener)], message, TimeSpan.FromMilliseconds(50), CancellationToken.None);
        Assert.Equal(new BroadcastResult(2, 1), await broadcast.WaitAsync(TestServer.HangGuard));
        byte[] buffer = new byte[65472];
        foreach (int index in (int[])[0, 2])
        {
            Assert.Equal(5000, await channels[index].Sender.ReceiveAsync(buffer));
            Assert.Equal(message, buffer[..5000]);
            await channels[index].Listener.SendAsync(new byte[1]);
        }

        await Assert.ThrowsAsync<ChannelException>(() => channels[1].Listener.SendAsync(new byte[1]).AsTask());
        Assert.True(pipes[1].Server.IsDisposed);
    }

    [Fact]
    public async Task A_broadcast_that_only_waits_behind_a_channels_own_stuck_send_breaks_that_off_too()
    {
        DuplexPipe pipe = new(capacity: 10);
        (_, SecureChannel listener) = TestChannels.Duplex(pipe);
        Task stuck = listener.SendAsync(new byte[100]).AsTask();
        BroadcastResult result = await Broadcast.SendAsync(
            [listener], new byte[10], TimeSpan.FromMilliseconds(20), CancellationToken.None).WaitAsync(TestServer.HangGuard);
        Assert.Equal(new BroadcastResult(0, 1), result);
        await ChannelAssert.ThrowsAsync(ChannelError.ChannelClosed, () => stuck.WaitAsync(TestServer.HangGuard));
    }

    [Fact]
    public async Task A_broadcast_beside_an_asymmetric_ratchet_waits_for_the_answer()
    {
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(new DuplexPipe());
        await listener.RatchetAsync(RatchetKind.Asymmetric);
        Task<BroadcastResult> broadcast = Broadcast.SendAsync([listener], new byte[10], TestServer.HangGuard, CancellationToken.None);
        Task<int> answer = listener.ReceiveAsync(new byte[10]).AsTask();
        Assert.Equal(10, await sender.ReceiveAsync(new byte[10]).AsTask().WaitAsync(TestServer.HangGuard));
        Assert.Equal(new BroadcastResult(1, 0), await broadcast);
        await sender.AbortAsync();
        await Assert.ThrowsAsync<ChannelException>(() => answer);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_473)]
    public async Task A_broadcast_that_no_channel_could_carry_is_refused(int size) =>
        await Assert.ThrowsAsync<ArgumentException>(
            "message", () => Broadcast.SendAsync([], new byte[size], TimeSpan.FromSeconds(1), CancellationToken.None));

    [Fact]
    public async Task A_listener_for_one_peer_outlasts_stalled_and_failed_attempts_and_then_frees_its_address()
    {
        IPEndPoint address = FreeAddress();
        Task<SecureChannel> accepting = QsmpDuplexPeer.AcceptOneAsync(address, ListenOptions());
        List<Socket> attempts = [];
        try
        {
            for (int i = 0; i < 60; i++)
            {
                Socket attempt = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                attempts.Add(attempt);
                await attempt.ConnectAsync(address);

                // Some say nothing, some half a request, some nonsense, some go at once.
                if (i % 4 == 1) await attempt.SendAsync(Stage.Packets[0].AsMemory(0, 1000));
                if (i % 4 == 2) await attempt.SendAsync(new byte[3000]);
                if (i % 4 == 3) attempt.Close(0);
            }

            await using SecureChannel sender = await QsmpDuplexPeer.ConnectAsync(
                address, Keys.Initiator, Keys.ResponderPublic(QsmpMode.Duplex), ConnectOptions).WaitAsync(TestServer.HangGuard);
            await using SecureChannel listener = await accepting.WaitAsync(TestServer.HangGuard);
            await sender.SendAsync(new byte[3]);
            Assert.Equal(3, await listener.ReceiveAsync(new byte[10]));
            Assert.Equal(Keys.Initiator.KeyIdentity, listener.PeerIdentity!.Name);

            // The stalled ones were dropped, and nobody listens there any more.
            Assert.Empty(await TestServer.ReadToEndAsync(attempts[0]));
            using Socket late = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(address));
        }
        finally
        {
            attempts.ForEach(attempt => attempt.Dispose());
        }
    }

    [Fact]
    public async Task A_listener_for_one_peer_that_is_called_off_stops_at_once_and_frees_its_address()
    {
        IPEndPoint address = FreeAddress();
        using CancellationTokenSource cancellation = new();
        Task<SecureChannel> accepting = QsmpDuplexPeer.AcceptOneAsync(address, ListenOptions(), cancellationToken: cancellation.Token);
        using Socket stalled = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await stalled.ConnectAsync(address);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.WaitAsync(TestServer.HangGuard));
        using Socket late = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(address));
    }

    [Fact]
    public void A_network_may_connect_so_often_a_second_and_others_do_not_feel_it()
    {
        ManualClock clock = new();
        ConnectRate rate = new(perSecond: 4, clock);
        IPAddress one = IPAddress.Parse("192.0.2.1");
        IPAddress two = IPAddress.Parse("192.0.2.2");
        for (int i = 0; i < 4; i++) Assert.True(rate.TryTake(one));
        Assert.False(rate.TryTake(one));
        Assert.True(rate.TryTake(two));
        clock.Advance(TimeSpan.FromSeconds(0.24));
        Assert.False(rate.TryTake(one));
        clock.Advance(TimeSpan.FromSeconds(0.01));
        Assert.True(rate.TryTake(one));
        Assert.False(rate.TryTake(one));

        // What was not used does not add up to more than a second's worth.
        clock.Advance(TimeSpan.FromHours(1));
        Assert.True(rate.TryTake(two));
        clock.Advance(TimeSpan.FromSeconds(0.9));
        for (int i = 0; i < 4; i++) Assert.True(rate.TryTake(two));
        Assert.False(rate.TryTake(two));

        // After a quiet time no more than one second's worth is there, and what was quiet is forgotten.
        clock.Advance(TimeSpan.FromHours(1));
        for (int i = 0; i < 4; i++) Assert.True(rate.TryTake(one));
        Assert.False(rate.TryTake(one));
        Assert.Single((System.Collections.IEnumerable)Inside.Field(rate, "_buckets")!);
    }

    [Fact]
    public async Task The_status_says_what_the_keys_have_carried()
    {
        ManualClock clock = new();
        (SecureChannel sender, SecureChannel listener) = TestChannels.Duplex(new DuplexPipe(), clock);
        await sender.SendAsync(new byte[100]);
        clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(100, await listener.ReceiveAsync(new byte[100]));
        ChannelStatus status = listener.GetStatus();
        Assert.Equal((1, 100, TimeSpan.FromSeconds(-7)), (status.PacketsReceivedUnderKey, status.BytesReceivedUnderKey, status.PeerClockOffset));
        Assert.Equal((0, 0), (status.Epoch, status.PacketsSentUnderKey));

        clock.Advance(TimeSpan.FromSeconds(5));
        await listener.RatchetAsync();
        status = listener.GetStatus();
        Assert.Equal((1, 1, 1, 0), (status.Epoch, status.Ratchets, status.PendingRatchets, status.BytesSentUnderKey));
        Assert.Equal(clock.GetUtcNow(), status.KeySince);
        Assert.Equal(clock.GetUtcNow() - TimeSpan.FromSeconds(12), status.Established);
        await listener.SendAsync(new byte[30]);
        Assert.Equal((1, 30, 30), (listener.GetStatus().PacketsSentUnderKey, listener.GetStatus().BytesSentUnderKey, listener.GetStatus().BytesSent));
        Assert.Equal(30, await sender.ReceiveAsync(new byte[30]));
        Assert.Equal((1, 1, 30), (sender.GetStatus().Epoch, sender.GetStatus().PacketsReceivedUnderKey, sender.GetStatus().BytesReceivedUnderKey));
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), sender.GetStatus().IdleTime);
    }

    private static QsmpDuplexListenOptions ListenOptions() => new()
    {
        Keys = [Keys.Responder],
        TrustedKeys = TrustedKeys.Of(Keys.InitiatorPublic(QsmpMode.Duplex)),
        Limits = new ConnectionLimits { HandshakeTimeout = TestServer.HangGuard },
        TimeProvider = Clock,
    };

    private static IPEndPoint FreeAddress()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
