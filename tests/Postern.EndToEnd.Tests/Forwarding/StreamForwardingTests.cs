using System.Net;
using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Forwarding;

/// <summary>Many connections in one tunnel: what the client may ask for, and what becomes of each.</summary>
public sealed class StreamForwardingTests
{
    [Fact]
    public async Task Connections_share_a_tunnel_and_half_close_as_ever()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel tunnel = new(target.EndPoint);
        Forwarder forwarder = tunnel.Forward();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            byte[] request = Wire.Random(200_000, number);
            Assert.Equal(request, await Wire.ExchangeAsync(forwarder.LocalEndPoint, request));
        }));
        Assert.Single(tunnel.Exposer.Server.GetChannels());
        Assert.True(await forwarder.DrainAsync());
        await Until.TrueAsync(() => tunnel.Exposer.Traffic.Active == 0, "the streams end");
        Assert.Equal((20, 0), (tunnel.Exposer.Traffic.Connections, tunnel.Exposer.Traffic.Failures));
        Assert.Equal(20 * 200_000, tunnel.Exposer.Traffic.BytesFromChannel);
    }

    [Fact]
    public async Task A_reset_goes_through_to_the_one_connection_that_it_concerns()
    {
        TaskCompletionSource<Exception?> seen = new();
        int connections = 0;
        await using PlainServer target = new(async socket =>
        {
            if (Interlocked.Increment(ref connections) == 1) seen.SetResult(await Record.ExceptionAsync(() => Wire.ReadToEndAsync(socket)));
            else await PlainServer.EchoAsync(socket);
        });
        await using StreamTunnel tunnel = new(target.EndPoint);
        Forwarder forwarder = tunnel.Forward();
        using Socket cut = await Wire.ConnectAsync(forwarder.LocalEndPoint);
        await cut.SendAsync(new byte[100]);
        await Until.TrueAsync(() => tunnel.Exposer.Traffic.BytesFromChannel == 100, "the bytes arrive");
        using Socket other = await Wire.ConnectAsync(forwarder.LocalEndPoint);
        Wire.Reset(cut);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(await seen.Task.WaitAsync(Wire.Limit)).SocketErrorCode);
        await other.SendAsync(new byte[10]);
        await Wire.ReadAsync(other, 10);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_resets_its_connection()
    {
        await using PlainServer gone = new(PlainServer.EchoAsync);
        await gone.DisposeAsync();
        await using StreamTunnel tunnel = new(gone.EndPoint);
        await Wire.AssertResetAsync(tunnel.Forward().LocalEndPoint);
        Assert.False(tunnel.Link.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_client_names_its_target_where_the_rules_allow_it()
    {
        await using PlainServer allowed = new(PlainServer.EchoAtEndAsync);
        await using PlainServer forbidden = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel tunnel = new(null, new ExposedStreams { Targets = TargetRules.Parse([$"localhost:{allowed.EndPoint.Port}"]) });
        Assert.Equal([1, 2], await Wire.ExchangeAsync(tunnel.Forward(StreamTarget.To(new DnsEndPoint("localhost", allowed.EndPoint.Port))).LocalEndPoint, [1, 2]));
        foreach (EndPoint other in (EndPoint[])[allowed.EndPoint, forbidden.EndPoint, new DnsEndPoint("localhost", forbidden.EndPoint.Port)])
        {
            StreamRefusedException refused = await Assert.ThrowsAsync<StreamRefusedException>(() => tunnel.Link.OpenAsync(StreamTarget.To(other)));
            Assert.Equal(StreamRefusal.NotAllowed, refused.Reason);
        }

        Assert.Equal(StreamRefusal.UnknownTarget, (await Assert.ThrowsAsync<StreamRefusedException>(() => tunnel.Link.OpenAsync(StreamTarget.Default))).Reason);
    }

    [Fact]
    public async Task Unix_sockets_lead_in_and_out_and_are_their_owners_alone()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Modes are UNIX's.");
        using TestFolder folder = new();
        await using PlainServer behind = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel inner = new(behind.EndPoint);
        UnixDomainSocketEndPoint plain = new(folder["plain.sock"]);
        inner.Forward(StreamTarget.Default, plain);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["plain.sock"]));

        // A second tunnel leads to the first one's socket.
        await using (StreamTunnel outer = new(plain))
        {
            Assert.Equal([7, 8, 9], await Wire.ExchangeAsync(outer.Forward().LocalEndPoint, [7, 8, 9]));
        }

        Assert.Throws<SocketException>(() => inner.Forward(StreamTarget.Default, plain));
        await inner.DisposeAsync();
        Assert.False(File.Exists(folder["plain.sock"]));
    }

    [Fact]
    public async Task A_unix_socket_that_a_killed_process_left_is_replaced_and_a_file_is_not()
    {
        using TestFolder folder = new();
        UnixDomainSocketEndPoint left = new(folder["left.sock"]);
        using (Socket killed = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(left);
        }

        // .NET removes the path of a socket that it bound, as a killed process cannot: put one there that nobody owns.
        using Socket abandoned = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        abandoned.Bind(new UnixDomainSocketEndPoint(folder["moved.sock"]));
        File.Move(folder["moved.sock"], folder["left.sock"], overwrite: true);
        await using StreamTunnel tunnel = new(left);
        tunnel.Forward(StreamTarget.Default, left);
        folder.Write("file.sock", "precious"u8);
        Assert.Throws<SocketException>(() => tunnel.Forward(StreamTarget.Default, new UnixDomainSocketEndPoint(folder["file.sock"])));
        Assert.Equal("precious", await File.ReadAllTextAsync(folder["file.sock"]));
    }

    [Fact]
    public async Task A_file_that_somebody_holds_locked_is_not_taken_for_a_socket()
    {
        using TestFolder folder = new();
        await using StreamTunnel tunnel = new(new UnixDomainSocketEndPoint(folder["nobody.sock"]));
        string path = folder.Write("file.lock", "precious"u8);
        await using (FileStream locked = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Throws<SocketException>(() => tunnel.Forward(StreamTarget.Default, new UnixDomainSocketEndPoint(path)));
        }

        Assert.Equal("precious", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task The_path_that_a_forwarder_has_left_is_its_successors()
    {
        using TestFolder folder = new();
        UnixDomainSocketEndPoint path = new(folder["plain.sock"]);
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel tunnel = new(target.EndPoint);
        Forwarder former = tunnel.Forward(StreamTarget.Default, path);
        Assert.True(await former.DrainAsync());
        Assert.False(File.Exists(folder["plain.sock"]));
        tunnel.Forward(StreamTarget.Default, path);
        await former.DisposeAsync();
        Assert.True(File.Exists(folder["plain.sock"]));
    }

    [Fact]
    public async Task An_idle_connection_is_cut_and_the_tunnel_stays()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using StreamTunnel tunnel = new(target.EndPoint);
        Forwarder forwarder = tunnel.Forward(idleTimeout: TimeSpan.FromMilliseconds(400));
        using Socket quiet = await Wire.ConnectAsync(forwarder.LocalEndPoint);
        await quiet.SendAsync(new byte[1]);
        await Wire.ReadAsync(quiet, 1);
        await Wire.AssertResetAsync(quiet);
        Assert.Single(tunnel.Link.GetChannels());
    }

    [Fact]
    public async Task An_exposer_cuts_a_stream_that_is_idle_whatever_the_client_does()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using StreamTunnel tunnel = new(target.EndPoint, new ExposedStreams { IdleTimeout = TimeSpan.FromMilliseconds(400) });
        Forwarder forwarder = tunnel.Forward();
        using Socket quiet = await Wire.ConnectAsync(forwarder.LocalEndPoint);
        await quiet.SendAsync(new byte[1]);
        await Wire.ReadAsync(quiet, 1);
        await Wire.AssertResetAsync(quiet);
        await Until.TrueAsync(() => tunnel.Exposer.Traffic.Active == 0, "its place is free again");
        Assert.Single(tunnel.Link.GetChannels());
    }

    [Fact]
    public async Task The_link_dials_again_and_connections_wait_for_it()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel tunnel = new(target.EndPoint);
        Forwarder forwarder = tunnel.Forward();
        Assert.Equal([1], await Wire.ExchangeAsync(forwarder.LocalEndPoint, [1]));
        using Socket inside = await Wire.ConnectAsync(forwarder.LocalEndPoint);
        await Until.TrueAsync(() => tunnel.Exposer.Traffic.Active == 1, "the connection is in the tunnel");
        await tunnel.StopServerAsync();
        await Wire.AssertResetAsync(inside);
        Task<byte[]> waiting = Wire.ExchangeAsync(forwarder.LocalEndPoint, [2]);
        Assert.False(waiting.IsCompleted);
        tunnel.StartServerAgain();
        Assert.Equal([2], await waiting.WaitAsync(Wire.Limit));
    }

    [Fact]
    public async Task A_client_without_streams_gets_nothing_of_the_protocol()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using StreamTunnel tunnel = new(target.EndPoint);
        await using SecureChannel plain = await Qstp.QstpClient.ConnectAsync(tunnel.Address, TestKeys.Default.Verified);
        await plain.SendAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        await Assert.ThrowsAsync<ChannelException>(() => plain.ReceiveAsync(new byte[plain.MaxMessageSize]).AsTask().WaitAsync(Wire.Limit));
        Assert.Equal(0, plain.BytesReceived);
    }

    [Theory]
    [InlineData("220 hello\r\n", "greeting")]
    [InlineData("", "--multiplex")]
    public async Task A_server_without_streams_is_told_apart(string says, string reason)
    {
        await using PlainServer target = new(async socket =>
        {
            if (says.Length > 0) await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(says));
            await Wire.ReadToEndAsync(socket);
        });
        await using Tunnel plain = new(target.EndPoint);
        await using TunnelLink link = TunnelLink.Start(new TunnelLinkOptions
        {
            Connect = token => plain.ConnectAsync().WaitAsync(token),
            Reconnect = new ReconnectPolicy { MaxAttempts = 2, InitialDelay = TimeSpan.FromMilliseconds(10) },
            Streams = new MultiplexerOptions { GreetingTimeout = TimeSpan.FromMilliseconds(300) },
        });
        ChannelException failed = await Assert.ThrowsAsync<ChannelException>(() => link.Completion.WaitAsync(Wire.Limit));
        Assert.Contains(reason, failed.Message, StringComparison.Ordinal);
    }
}
