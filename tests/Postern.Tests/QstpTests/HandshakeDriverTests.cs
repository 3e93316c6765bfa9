using System.Net;
using System.Net.Sockets;
using Postern.Channels;
using Postern.Connections;
using Postern.Handshakes;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>What the driver adds to the pure machines: deadlines, the gate for costly work, who closes.</summary>
public sealed class HandshakeDriverTests
{
    private static readonly HandshakeStage Stage = new(QstpSuites.DilithiumS1KyberS1);

    [Fact]
    public async Task A_peer_that_says_nothing_runs_into_the_deadline()
    {
        DuplexPipe pipe = new();
        using Handshake server = Stage.NewServer();
        await ChannelAssert.ThrowsAsync(
            ChannelError.HandshakeTimeout, () => DriverRun.RunAsync(server, pipe.Server, timeout: TimeSpan.FromMilliseconds(20)));
        Assert.Equal(0, pipe.InFlight.ToClient);
    }

    [Fact]
    public async Task A_peer_that_stops_reading_runs_into_the_deadline_too()
    {
        DuplexPipe pipe = new(capacity: 100);
        await pipe.Client.WriteAsync(Stage.Packets[0]);
        using Handshake server = Stage.NewServer();
        await ChannelAssert.ThrowsAsync(
            ChannelError.HandshakeTimeout, () => DriverRun.RunAsync(server, pipe.Server, timeout: TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        DuplexPipe pipe = new();
        using Handshake server = Stage.NewServer();
        using CancellationTokenSource cancellation = new();
        Task<ChannelKeys> running = DriverRun.RunAsync(server, pipe.Server, cancellationToken: cancellation.Token);
        Assert.False(running.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_reset_during_the_handshake_is_a_lost_connection()
    {
        DuplexPipe pipe = new();
        using Handshake server = Stage.NewServer();
        Task<ChannelKeys> running = DriverRun.RunAsync(server, pipe.Server);
        pipe.Reset();
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, () => running);
    }

    [Fact]
    public async Task Signatures_wait_at_the_gate_and_go_on_when_it_opens()
    {
        DuplexPipe pipe = new();
        HandshakeGate gate = new(1, 1);
        FairShares.Share other = await gate.For(IPAddress.Loopback).TakeTurnAsync(CancellationToken.None);
        using Handshake server = Stage.NewServer();
        await pipe.Client.WriteAsync(Stage.Packets[0]);
        Task<ChannelKeys> running = DriverRun.RunAsync(server, pipe.Server, gate.For(IPAddress.IPv6Loopback));
        while (pipe.InFlight.ToServer > 0) await Task.Yield();
        Assert.Equal(0, pipe.InFlight.ToClient);
        Assert.False(running.IsCompleted);

        other.Dispose();
        Assert.Equal(Stage.Packets[1], await pipe.Client.ReadBytesAsync(Stage.Packets[1].Length));
        await pipe.Client.WriteAsync(Stage.Packets[2]);
        using ChannelKeys keys = await running;
        Assert.Equal(Stage.KeyPairs, keys.Keys.Pairs.ToArray());
        (await gate.For(IPAddress.Loopback).TakeTurnAsync(CancellationToken.None).AsTask().WaitAsync(DriverRun.Timeout)).Dispose();
    }

    [Fact]
    public async Task A_request_that_is_refused_cheaply_never_reaches_the_gate()
    {
        HandshakeGate gate = new(1, 1);
        FairShares.Share other = await gate.For(IPAddress.Loopback).TakeTurnAsync(CancellationToken.None);
        DuplexPipe pipe = new();
        byte[] request = [.. Stage.Packets[0]];
        request[21] ^= 1;
        await pipe.Client.WriteAsync(request);
        pipe.Client.CompleteWriting();
        using Handshake server = Stage.NewServer();
        await ChannelAssert.ThrowsAsync(ChannelError.UnknownIdentity, () => DriverRun.RunAsync(server, pipe.Server, gate.For(IPAddress.IPv6Loopback)));
    }

    [Fact]
    public async Task The_deadline_holds_at_the_gate_and_leaves_it_as_it_was()
    {
        HandshakeGate gate = new(1, 1);
        FairShares.Share other = await gate.For(IPAddress.Loopback).TakeTurnAsync(CancellationToken.None);
        DuplexPipe pipe = new();
        await pipe.Client.WriteAsync(Stage.Packets[0]);
        using Handshake server = Stage.NewServer();
        await ChannelAssert.ThrowsAsync(
            ChannelError.HandshakeTimeout, () => DriverRun.RunAsync(server, pipe.Server, gate.For(IPAddress.IPv6Loopback), TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task A_large_key_counts_until_the_handshake_ends_though_the_system_has_taken_it()
    {
        HandshakeStage stage = new(QstpSuites.DilithiumS1McElieceS1);
        HandshakeGate gate = new(1, 2 * 512 * 1024);
        DuplexPipe pipe = new();
        using Handshake server = stage.NewServer();
        Task<ChannelKeys> running = DriverRun.RunAsync(server, pipe.Server, gate.For(IPAddress.Loopback));
        await pipe.Client.WriteAsync(stage.Packets[0]);
        Assert.Equal(stage.Packets[1], await pipe.Client.ReadBytesAsync(stage.Packets[1].Length));

        Task<FairShares.Share?> next = gate.For(IPAddress.Loopback).TakeMemoryAsync(stage.Packets[1].Length, CancellationToken.None).AsTask();
        Assert.False(next.IsCompleted);
        await pipe.Client.WriteAsync(stage.Packets[2]);
        using ChannelKeys keys = await running;
        (await next.WaitAsync(DriverRun.Timeout))!.Dispose();
    }

    [Fact]
    public async Task A_client_whose_handshake_failed_closes_the_stream()
    {
        DuplexPipe pipe = new();
        FakeClock clock = FakeClock.At("2026-06-01");
        await pipe.Server.WriteAsync(new byte[21]);
        await ChannelAssert.ThrowsAsync(ChannelError.ClockSkew, () => QstpClient.AuthenticateAsync(
            pipe.Client,
            TestAuthority.For(Stage.Suite).Verified(clock),
            new QstpClientOptions { TimeProvider = clock }));
        Assert.True(pipe.Client.IsDisposed);
        byte[] sent = await pipe.Server.ReadToEndAsync();
        Assert.Equal([0x01, 0x13], [sent[0], sent[79]]);
        Assert.Equal(79 + 22, sent.Length);
    }

    [Fact]
    public async Task A_server_whose_handshake_failed_closes_the_stream()
    {
        DuplexPipe pipe = new();
        FakeClock clock = FakeClock.At("2026-06-01");
        await pipe.Client.WriteAsync(new byte[79]);
        QstpServerOptions options = new() { Identities = [TestAuthority.For(Stage.Suite).Identity(clock)], TimeProvider = clock };
        await ChannelAssert.ThrowsAsync(ChannelError.ClockSkew, () => QstpServer.AuthenticateAsync(pipe.Server, options));
        Assert.True(pipe.Server.IsDisposed);
        Assert.Equal(ErrorPacket.Of(0x14, clock), await pipe.Client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_peer_that_has_gone_when_the_error_is_to_be_told_changes_nothing_about_the_error()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        for (int i = 0; i < 20; i++)
        {
            // The peer is gone before we answer: its kernel resets the connection as soon as our error packet arrives.
            using (Socket peer = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            {
                await peer.ConnectAsync(listener.LocalEndPoint!);
                await peer.SendAsync(new byte[79]);
            }

            await using NetworkStream stream = new(await listener.AcceptAsync(), ownsSocket: true);
            using Handshake server = Stage.NewServer();
            await ChannelAssert.ThrowsAsync(ChannelError.ClockSkew, () => DriverRun.RunAsync(server, stream));
        }
    }
}
