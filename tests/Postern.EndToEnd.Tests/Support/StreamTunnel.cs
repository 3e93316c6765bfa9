using System.Net;
using System.Net.Sockets;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>An exposer and a link to it in this process, with many streams in one tunnel.</summary>
internal sealed class StreamTunnel : IAsyncDisposable
{
    private readonly ServerIdentity _identity = TestKeys.Default.CreateIdentity();
    private readonly List<Forwarder> _forwarders = [];
    private readonly ExposerOptions _exposing;

    public StreamTunnel(EndPoint? target, ExposedStreams? streams = null, Func<TunnelLinkOptions, TunnelLinkOptions>? change = null, Func<ExposerOptions, ExposerOptions>? exposing = null)
    {
        _exposing = new ExposerOptions { Target = target, Streams = streams ?? new ExposedStreams(), Listen = handler => Listen(0, handler) };
        _exposing = exposing?.Invoke(_exposing) ?? _exposing;
        Exposer = Exposer.Start(_exposing);
        Address = (IPEndPoint)Exposer.LocalEndPoint;
        TunnelLinkOptions linking = new()
        {
            Connect = token => QstpClient.ConnectAsync(Address, TestKeys.Default.Verified, null, token),
            Reconnect = new ReconnectPolicy { InitialDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(100) },
        };
        Link = TunnelLink.Start(change?.Invoke(linking) ?? linking);
    }

    public Exposer Exposer { get; private set; }

    public IPEndPoint Address { get; }

    public TunnelLink Link { get; }

    /// <summary>Listens for plain connections to a target; the exposer's own if null.</summary>
    public Forwarder Forward(StreamTarget? target = null, EndPoint? listen = null, TimeSpan? idleTimeout = null) =>
        Forward(ForwardingPath.StreamEach(Link, target ?? StreamTarget.Default), listen, idleTimeout);

    public Forwarder Forward(ForwardingPath path, EndPoint? listen = null, TimeSpan? idleTimeout = null, bool acceptsProxyHeader = false)
    {
        Forwarder forwarder = Forwarder.Start(
            listen ?? new IPEndPoint(IPAddress.Loopback, 0), new ForwarderOptions { Path = path, AcceptsProxyHeader = acceptsProxyHeader, IdleTimeout = idleTimeout ?? TimeSpan.FromHours(1) });
        _forwarders.Add(forwarder);
        return forwarder;
    }

    /// <summary>The server goes and another takes its place, at once or when the test wants it.</summary>
    public async Task StopServerAsync() => await Exposer.DisposeAsync();

    public void StartServerAgain() => Exposer = Exposer.Start(_exposing with { Listen = handler => Listen(Address.Port, handler) });

    public async ValueTask DisposeAsync()
    {
        foreach (Forwarder forwarder in _forwarders) await forwarder.DisposeAsync();
        await Link.DisposeAsync();
        await Exposer.DisposeAsync();
        _identity.Dispose();
    }

    private QstpServer Listen(int port, ChannelHandler handler) =>
        QstpServer.Start(new IPEndPoint(IPAddress.Loopback, port), new QstpServerOptions { Identities = [_identity] }, handler);
}
