using System.Net;
using System.Net.Sockets;
using Postern.Connections;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Forwarding;

/// <summary>Who a connection is from, told by a balancer in front and to the target behind.</summary>
public sealed class ProxyProtocolTests
{
    private static readonly IPEndPoint Visitor = IPEndPoint.Parse("192.0.2.7:4711");
    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("203.0.113.1:443");

    [Fact]
    public async Task The_target_hears_whom_a_balancer_in_front_of_the_forwarder_names()
    {
        TaskCompletionSource<IPEndPoint?> told = new();
        await using PlainServer target = new(socket => ReadAsync(socket, told));
        await using StreamTunnel tunnel = new(target.EndPoint, exposing: options => options with { ProxyHeader = ProxyHeaderUse.Source });
        Forwarder forwarder = tunnel.Forward(ForwardingPath.StreamEach(tunnel.Link, StreamTarget.Default), acceptsProxyHeader: true);
        byte[] request = [.. ProxyHeader.Create(Visitor, Balancer, null), 1, 2, 3];
        Assert.Equal([1, 2, 3], await Wire.ExchangeAsync(forwarder.LocalEndPoint, request));
        Assert.Equal(Visitor, await told.Task.WaitAsync(Wire.Limit));
    }

    [Fact]
    public async Task What_a_client_says_of_its_source_is_not_passed_on_unless_it_is_trusted()
    {
        TaskCompletionSource<IPEndPoint?> told = new();
        await using PlainServer target = new(socket => ReadAsync(socket, told));
        await using StreamTunnel tunnel = new(target.EndPoint, exposing: options => options with { ProxyHeader = ProxyHeaderUse.Tunnel });
        MultiplexedStream stream = await tunnel.Link.OpenAsync(StreamTarget.Default, Visitor);
        await stream.CompleteAsync();
        Assert.Equal(IPAddress.Loopback, (await told.Task.WaitAsync(Wire.Limit))!.Address.MapToIPv4());
    }

    [Fact]
    public async Task A_tunnel_of_its_own_tells_its_other_end()
    {
        TaskCompletionSource<IPEndPoint?> told = new();
        await using PlainServer target = new(socket => ReadAsync(socket, told));
        await using Tunnel tunnel = new(target.EndPoint, new TunnelSettings { ProxyHeader = ProxyHeaderUse.Tunnel });
        Assert.Equal([9], await Wire.ExchangeAsync(tunnel.EndPoint, [9]));
        Assert.Equal(IPAddress.Loopback, (await told.Task.WaitAsync(Wire.Limit))!.Address.MapToIPv4());
    }

    [Fact]
    public async Task A_balancer_in_front_of_the_server_says_whose_tunnel_it_is()
    {
        TaskCompletionSource<EndPoint?> seen = new();
        await using QstpServer server = Start(new ConnectionLimits(), (channel, _) =>
        {
            seen.SetResult(channel.RemoteEndPoint);
            return Task.CompletedTask;
        });
        using Socket socket = await Wire.ConnectAsync(server.LocalEndPoint);
        await socket.SendAsync(ProxyHeader.Create(Visitor, Balancer, null));
        await using SecureChannel channel = await QstpClient.AuthenticateAsync(new NetworkStream(socket), TestKeys.Default.Verified);
        Assert.Equal(Visitor, await seen.Task.WaitAsync(Wire.Limit));
        Assert.Equal(0, await channel.ReceiveAsync(new byte[10]));
    }

    [Fact]
    public async Task Limits_count_to_whom_the_header_names()
    {
        await using QstpServer server = Start(new ConnectionLimits { MaxConnectionsPerAddress = 1 }, (_, token) => Task.Delay(Timeout.Infinite, token));
        using Socket first = await Wire.ConnectAsync(server.LocalEndPoint);
        await first.SendAsync(ProxyHeader.Create(Visitor, Balancer, null));
        await using SecureChannel one = await QstpClient.AuthenticateAsync(new NetworkStream(first), TestKeys.Default.Verified);
        using Socket second = await Wire.ConnectAsync(server.LocalEndPoint);
        await second.SendAsync(ProxyHeader.Create(Visitor, Balancer, null));
        await Assert.ThrowsAsync<ChannelException>(() => QstpClient.AuthenticateAsync(new NetworkStream(second), TestKeys.Default.Verified));
        using Socket other = await Wire.ConnectAsync(server.LocalEndPoint);
        await other.SendAsync(ProxyHeader.Create(IPEndPoint.Parse("192.0.2.8:1"), Balancer, null));
        await using SecureChannel two = await QstpClient.AuthenticateAsync(new NetworkStream(other), TestKeys.Default.Verified);
    }

    [Fact]
    public async Task Without_a_header_a_connection_is_dropped_and_in_time()
    {
        await using QstpServer server = Start(new ConnectionLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(300) }, (_, _) => Task.CompletedTask);
        await Assert.ThrowsAsync<ChannelException>(() => QstpClient.ConnectAsync(server.LocalEndPoint, TestKeys.Default.Verified));
        using Socket silent = await Wire.ConnectAsync(server.LocalEndPoint);
        Assert.Empty(await Wire.ReadToEndAsync(silent).WaitAsync(Wire.Limit));
    }

    private static QstpServer Start(ConnectionLimits limits, ChannelHandler handler) => QstpServer.Start(
        new IPEndPoint(IPAddress.Loopback, 0),
        new QstpServerOptions { Identities = [TestKeys.Default.CreateIdentity()], AcceptsProxyHeader = true, Limits = limits },
        handler);

    private static async Task ReadAsync(Socket socket, TaskCompletionSource<IPEndPoint?> told)
    {
        await using NetworkStream stream = new(socket);
        told.SetResult(await ProxyHeader.ReadAsync(stream, default));
        await PlainServer.EchoAtEndAsync(socket);
    }
}
