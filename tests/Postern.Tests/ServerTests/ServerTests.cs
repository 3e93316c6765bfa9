using System.Net;
using System.Net.Sockets;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>A QSTP server over loopback TCP.</summary>
public sealed class ServerTests
{
    [Fact]
    public async Task Many_clients_are_served_beside_each_other()
    {
        await using TestServer server = TestServer.StartEcho();
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Task.Run(() => server.CheckServesAsync())));
        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 0);
    }

    [Theory]
    [InlineData("::1", "::1")]
    [InlineData("::", "::1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    public async Task It_listens_on_either_family_and_on_both(string listen, string connect)
    {
        if (listen.Contains(':', StringComparison.Ordinal) && !Socket.OSSupportsIPv6) Assert.Skip("This machine has no IPv6.");
        await using TestServer server = TestServer.StartEcho(address: IPAddress.Parse(listen));
        await server.CheckServesAsync(address: IPAddress.Parse(connect));
    }

    [Fact]
    public async Task A_host_name_is_resolved()
    {
        await using TestServer server = TestServer.StartEcho();
        await using SecureChannel channel = await QstpClient.ConnectAsync(
            new DnsEndPoint("localhost", server.Port),
            TestAuthority.For(QstpSuites.DilithiumS1KyberS1).Verified(FakeClock.At("2026-06-01")),
            TestServer.ClientOptions);
        await TestServer.CheckEchoAsync(channel);
    }

    [Fact]
    public async Task Nobody_listening_is_a_failed_connection()
    {
        int port;
        await using (TestServer server = TestServer.StartEcho()) port = server.Port;
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionFailed, () => QstpClient.ConnectAsync(
            new IPEndPoint(IPAddress.Loopback, port),
            TestAuthority.For(QstpSuites.DilithiumS1KyberS1).Verified(FakeClock.At("2026-06-01")),
            TestServer.ClientOptions));
    }

    [Fact]
    public async Task The_serial_chooses_among_identities_of_several_sets()
    {
        Suite[] suites = [QstpSuites.DilithiumS1KyberS1, QstpSuites.DilithiumS5KyberS5];
        await using TestServer server = TestServer.StartEcho(suites: suites);
        foreach (Suite suite in suites)
        {
            await using SecureChannel channel = await server.ConnectAsync(suite);
            Assert.Equal(suite, channel.Suite);
            await TestServer.CheckEchoAsync(channel);
        }

        ChannelException failure = await ChannelAssert.ThrowsAsync(
            ChannelError.PeerReportedError, () => server.ConnectAsync(QstpSuites.DilithiumS3KyberS3));
        Assert.Equal((byte)0x0F, failure.PeerCode);
    }

    [Fact]
    public async Task A_handlers_exception_ends_its_connection_only_and_without_a_goodbye()
    {
        await using TestServer server = TestServer.Start(async (channel, cancellationToken) =>
        {
            byte[] buffer = new byte[10];
            int size = await channel.ReceiveAsync(buffer, cancellationToken);
            if (buffer[0] == 0) throw new InvalidDataException("A mistake of the application.");
            await channel.SendAsync(buffer.AsMemory(0, size), cancellationToken);
        });
        await using SecureChannel good = await server.ConnectAsync();
        await using SecureChannel bad = await server.ConnectAsync();
        await bad.SendAsync(new byte[1]);
        await ChannelAssert.ThrowsAsync(ChannelError.ConnectionLost, bad.ReceiveAsync(new byte[10]));
        await TestServer.CheckEchoAsync(good);
        await server.CheckServesAsync();
    }

    [Fact]
    public async Task The_channel_is_closed_with_a_goodbye_when_the_handler_returns()
    {
        await using TestServer server = TestServer.Start((_, _) => Task.CompletedTask);
        await using SecureChannel channel = await server.ConnectAsync();
        Assert.Equal(0, await channel.ReceiveAsync(new byte[10]).AsTask().WaitAsync(TestServer.HangGuard));
        Assert.Equal((byte)0, channel.PeerCloseCode);
    }

    [Fact]
    public async Task A_client_that_dies_ends_its_handler()
    {
        TaskCompletionSource<Exception> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = TestServer.Start(async (channel, _) =>
        {
            try
            {
                await channel.ReceiveAsync(new byte[10], CancellationToken.None);
                throw new InvalidOperationException("Nothing should have come.");
            }
            catch (Exception exception)
            {
                ended.SetResult(exception);
                throw;
            }
        });
        Socket socket = await server.ConnectBareAsync();
        await using NetworkStream stream = new(socket, ownsSocket: true);
        await QstpClient.AuthenticateAsync(
            stream, TestAuthority.For(QstpSuites.DilithiumS1KyberS1).Verified(FakeClock.At("2026-06-01")), TestServer.ClientOptions);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
        Exception reason = await ended.Task.WaitAsync(TestServer.HangGuard);
        Assert.Equal(ChannelError.ConnectionLost, Assert.IsType<ChannelException>(reason).Error);
        await TestServer.UntilAsync(() => server.Server.ConnectionCount == 0);
    }

    [Fact]
    public async Task Endpoints_are_those_of_the_socket()
    {
        TaskCompletionSource<(EndPoint? Remote, EndPoint? Local)> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = TestServer.Start((channel, _) =>
        {
            seen.SetResult((channel.RemoteEndPoint, channel.LocalEndPoint));
            return Task.CompletedTask;
        });
        await using SecureChannel channel = await server.ConnectAsync();
        (EndPoint? remote, EndPoint? local) = await seen.Task.WaitAsync(TestServer.HangGuard);
        Assert.Equal(channel.LocalEndPoint, remote);
        Assert.Equal(channel.RemoteEndPoint, local);
        Assert.True(channel.IsClient);
    }
}
