using System.Net;
using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Forwarding;

public class RelayTests
{
    [Fact]
    public async Task A_half_close_goes_through_and_the_answer_comes_back()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using Tunnel tunnel = new(target.EndPoint);
        byte[] request = Wire.Random(300_000);
        Assert.Equal(request, await Wire.ExchangeAsync(tunnel.EndPoint, request));
        Assert.Equal(request, await Wire.ExchangeAsync(tunnel.EndPoint, request));
        Assert.True(await tunnel.Forwarder.DrainAsync());
        Assert.True(await tunnel.Exposer.DrainAsync());
        AssertTraffic(tunnel.Forwarder.Traffic, connections: 2, bytes: 2 * request.Length);
        AssertTraffic(tunnel.Exposer.Traffic, connections: 2, bytes: 2 * request.Length);
    }

    [Fact]
    public async Task A_target_that_ends_first_leaves_the_other_direction_open()
    {
        TaskCompletionSource<byte[]> received = new();
        await using PlainServer target = new(async socket =>
        {
            await socket.SendAsync("early"u8.ToArray());
            socket.Shutdown(SocketShutdown.Send);
            received.SetResult(await Wire.ReadToEndAsync(socket));
        });
        await using Tunnel tunnel = new(target.EndPoint);
        using Socket client = await Wire.ConnectAsync(tunnel.EndPoint);
        Assert.Equal("early"u8.ToArray(), await Wire.ReadToEndAsync(client));
        await client.SendAsync("late"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("late"u8.ToArray(), await received.Task.WaitAsync(Wire.Limit));
    }

    [Fact]
    public async Task An_empty_exchange_ends_well()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using Tunnel tunnel = new(target.EndPoint);
        Assert.Empty(await Wire.ExchangeAsync(tunnel.EndPoint, []));
        await Until.TrueAsync(() => tunnel.Forwarder.Traffic.Active == 0, "the connection ends");
        Assert.Equal(0, tunnel.Forwarder.Traffic.Failures);
    }

    [Fact]
    public async Task A_target_that_resets_resets_the_client()
    {
        TaskCompletionSource cut = new();
        await using PlainServer target = new(async socket =>
        {
            await socket.SendAsync(new byte[1000]);
            await cut.Task;
            Wire.Reset(socket);
        });
        await using Tunnel tunnel = new(target.EndPoint);
        using Socket client = await Wire.ConnectAsync(tunnel.EndPoint);
        await Wire.ReadAsync(client, 1000);
        cut.SetResult();
        await Wire.AssertResetAsync(client);
        await Until.TrueAsync(() => tunnel.Forwarder.Traffic.Failures == 1 && tunnel.Exposer.Traffic.Failures == 1, "both count it");
    }

    [Fact]
    public async Task A_reset_that_a_write_was_told_of_is_no_end_for_a_read()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using Socket peer = await Wire.ConnectAsync(listener.LocalEndPoint!);
        SocketEnd end = new(await listener.AcceptAsync(TestContext.Current.CancellationToken));
        Wire.Reset(peer);
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true) await end.WriteAsync(new byte[1]);
        });
        SocketException exception = await Assert.ThrowsAsync<SocketException>(async () => await end.ReadAsync(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        await end.AbortAsync();
    }

    [Fact]
    public async Task A_goodbye_after_ours_is_no_reset()
    {
        await using PlainServer server = new(PlainServer.EchoAsync);
        SocketEnd end = new(await Wire.ConnectAsync(server.EndPoint));
        await end.CompleteAsync();
        Assert.Equal(0, await end.ReadAsync(new byte[1]));
        Assert.Equal(0, await end.ReadAsync(new byte[1]));
        await end.CloseAsync();
    }

    [Fact]
    public async Task A_client_that_resets_resets_the_target()
    {
        TaskCompletionSource<Exception?> seen = new();
        await using PlainServer target = new(async socket => seen.SetResult(await Record.ExceptionAsync(() => Wire.ReadToEndAsync(socket))));
        await using Tunnel tunnel = new(target.EndPoint);
        using Socket client = await Wire.ConnectAsync(tunnel.EndPoint);
        await client.SendAsync(new byte[1000]);
        await Until.TrueAsync(() => tunnel.Exposer.Traffic.BytesFromChannel == 1000, "the bytes arrive");
        Wire.Reset(client);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(await seen.Task.WaitAsync(Wire.Limit)).SocketErrorCode);
    }

    [Fact]
    public async Task A_client_that_leaves_after_its_half_close_ends_a_target_that_never_answers()
    {
        TaskCompletionSource never = new();
        TaskCompletionSource halfClosed = new();
        await using PlainServer target = new(async socket =>
        {
            await Wire.ReadToEndAsync(socket);
            halfClosed.SetResult();
            await never.Task;
        });
        await using Tunnel tunnel = new(target.EndPoint);
        SecureChannel client = await tunnel.ConnectAsync();
        await client.SendAsync(new byte[10]);
        await client.CompleteAsync();
        await halfClosed.Task.WaitAsync(Wire.Limit);
        Assert.Equal(1, tunnel.Exposer.Traffic.Active);
        await client.DisposeAsync();
        await Until.TrueAsync(() => tunnel.Exposer.Traffic is { Active: 0, Failures: 1 }, "the exposer lets the target go");
        never.SetResult();
    }

    [Fact]
    public async Task A_reader_that_stands_still_stops_the_sender_and_nothing_piles_up()
    {
        const long Total = 200L << 20;
        const long Bound = 64L << 20;
        TaskCompletionSource read = new();
        TaskCompletionSource<long> received = new();
        await using PlainServer target = new(async socket =>
        {
            await read.Task;
            byte[] buffer = new byte[256 * 1024];
            long count = 0;
            while (await socket.ReceiveAsync(buffer) is > 0 and int size) count += size;
            received.SetResult(count);
        });
        await using Tunnel tunnel = new(target.EndPoint);
        using Socket client = await Wire.ConnectAsync(tunnel.EndPoint);
        Task sending = SendAsync(client, Total);
        long underWay = await Until.StillAsync(() => tunnel.Forwarder.Traffic.BytesToChannel);
        Assert.False(sending.IsCompleted);
        Assert.InRange(underWay, 1, Bound);
        read.SetResult();
        await sending.WaitAsync(Wire.Limit);
        Assert.Equal(Total, await received.Task.WaitAsync(Wire.Limit));
    }

    [Fact]
    public async Task A_reader_that_stands_still_for_an_hour_goes_on_afterwards()
    {
        TaskCompletionSource read = new();
        await using PlainServer target = new(async socket =>
        {
            await read.Task;
            await PlainServer.EchoAtEndAsync(socket);
        });
        MovableClock clock = new();
        await using Tunnel tunnel = new(target.EndPoint, new TunnelSettings { Clock = clock });
        byte[] request = Wire.Random(32 << 20);
        Task<byte[]> answer = Wire.ExchangeAsync(tunnel.EndPoint, request);
        await Until.StillAsync(() => tunnel.Forwarder.Traffic.BytesToChannel);
        clock.Advance(TimeSpan.FromHours(1));
        read.SetResult();
        Assert.Equal(request, await answer);
    }

    [Fact]
    public async Task Keys_are_replaced_while_bulk_data_flow_both_ways()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using Tunnel tunnel = new(target.EndPoint, new TunnelSettings { ExposerRatchets = new RatchetPolicy { EveryBytes = 100_000, Jitter = 0 } });
        await using SecureChannel channel = await tunnel.ConnectAsync();
        byte[] request = Wire.Random(8 << 20);
        Assert.Equal(request, await ExchangeAsync(channel, request));
        Assert.InRange(channel.RatchetCount, 8, 84);
    }

    [Fact]
    public async Task Keys_are_replaced_again_and_again_when_the_peer_answers()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using Tunnel tunnel = new(target.EndPoint, new TunnelSettings { ExposerRatchets = new RatchetPolicy { EveryBytes = 100_000, Jitter = 0 } });
        await using SecureChannel channel = await tunnel.ConnectAsync();
        await using Stream stream = channel.AsStream();
        byte[] request = Wire.Random(200_000);
        byte[] answer = new byte[request.Length];
        for (int round = 0; round < 20; round++)
        {
            Task reading = stream.ReadExactlyAsync(answer).AsTask();
            await stream.WriteAsync(request);
            await reading.WaitAsync(Wire.Limit);
            Assert.Equal(request, answer);
        }

        Assert.InRange(channel.RatchetCount, 20, 40);
        await Until.TrueAsync(() => tunnel.Exposer.Traffic.Ratchets >= channel.RatchetCount - 1, "all but the one that followed the last byte are counted");
        Assert.Equal(1, tunnel.Exposer.Traffic.Active);
    }

    [Fact]
    public async Task Keys_are_replaced_eight_times_while_only_the_server_speaks()
    {
        byte[] data = Wire.Random(8 << 20);
        await using PlainServer target = new(async socket =>
        {
            await socket.SendAsync(data);
            socket.Shutdown(SocketShutdown.Send);
        });
        await using Tunnel tunnel = new(target.EndPoint, new TunnelSettings { ExposerRatchets = new RatchetPolicy { EveryBytes = 100_000, Jitter = 0 } });
        await using SecureChannel channel = await tunnel.ConnectAsync();
        Assert.Equal(data, await ExchangeAsync(channel, []));
        Assert.Equal(8, channel.RatchetCount);
    }

    private static async Task<byte[]> ExchangeAsync(SecureChannel channel, byte[] request)
    {
        Task sending = Task.Run(async () =>
        {
            if (request.Length == 0) return;
            await channel.AsStream().WriteAsync(request);
            await channel.CompleteAsync();
        });
        using MemoryStream answer = new();
        byte[] buffer = new byte[channel.MaxMessageSize];
        while (await channel.ReceiveAsync(buffer).AsTask().WaitAsync(Wire.Limit) is > 0 and int size) answer.Write(buffer, 0, size);
        await sending;
        return answer.ToArray();
    }

    private static async Task SendAsync(Socket socket, long total)
    {
        byte[] chunk = Wire.Random(256 * 1024);
        for (long sent = 0; sent < total; sent += chunk.Length) await socket.SendAsync(chunk);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static void AssertTraffic(RelayTraffic traffic, long connections, long bytes)
    {
        Assert.Equal(connections, traffic.Connections);
        Assert.Equal(0, traffic.Active);
        Assert.Equal(0, traffic.Failures);
        Assert.Equal(bytes, traffic.BytesToChannel);
        Assert.Equal(bytes, traffic.BytesFromChannel);
    }
}
