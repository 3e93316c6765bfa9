using System.Net;
using System.Net.Sockets;
using Postern.Connections;

namespace Postern.Tests;

/// <summary>A process that is short of descriptors accepts nobody, and loses nobody.</summary>
public sealed class SocketAcceptorTests : IDisposable
{
    private readonly SwitchedReserve _reserve = new();
    private readonly SocketAcceptor _acceptor;

    public SocketAcceptorTests() => _acceptor = new SocketAcceptor(TcpConnector.Listen(new IPEndPoint(IPAddress.Loopback, 0)), _reserve);

    public void Dispose() => _acceptor.Dispose();

    [Fact]
    public async Task A_connection_that_came_while_descriptors_were_short_is_served_afterwards()
    {
        using Socket first = await ConnectAsync();
        using Socket second = await ConnectAsync();
        _reserve.IsShort = true;
        for (int i = 0; i < 3; i++)
        {
            SocketException exception = await Assert.ThrowsAsync<SocketException>(AcceptAsync);
            Assert.Equal(SocketError.TooManyOpenSockets, exception.SocketErrorCode);
            Assert.Contains("raise the limit", exception.Message, StringComparison.Ordinal);
        }

        _reserve.IsShort = false;
        using Socket atFirst = await AcceptAsync();
        using Socket atSecond = await AcceptAsync();
        Assert.Equal((first.LocalEndPoint, second.LocalEndPoint), (atFirst.RemoteEndPoint, atSecond.RemoteEndPoint));
        await first.SendAsync(new byte[3], TestContext.Current.CancellationToken);
        Assert.Equal(3, await atFirst.ReceiveAsync(new byte[10], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_end_lets_a_connection_that_waits_go()
    {
        using Socket client = await ConnectAsync();
        _reserve.IsShort = true;
        await Assert.ThrowsAsync<SocketException>(AcceptAsync);
        _acceptor.Dispose();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void With_descriptors_to_spare_nothing_is_held_back()
    {
        DescriptorReserve reserve = new();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserve.Check(socket);
        Assert.False(reserve.IsTouched());
        Assert.False(reserve.IsTouchedBy(socket));
    }

    private async Task<Socket> ConnectAsync()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_acceptor.LocalEndPoint, TestContext.Current.CancellationToken);
        return socket;
    }

    private Task<Socket> AcceptAsync() => _acceptor.AcceptAsync(TestContext.Current.CancellationToken).AsTask();

    private sealed class SwitchedReserve : DescriptorReserve
    {
        public bool IsShort { get; set; }

        public override bool IsTouched() => IsShort;

        public override bool IsTouchedBy(Socket accepted) => IsShort;
    }
}
