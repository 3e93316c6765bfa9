using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A forwarder and an exposer in this process, in front of a target.</summary>
internal sealed class Tunnel : IAsyncDisposable
{
    private readonly ServerIdentity _identity = TestKeys.Default.CreateIdentity();

    public Tunnel(EndPoint target, TunnelSettings? settings = null)
    {
        settings ??= new TunnelSettings();
        Exposer = Exposer.Start(new ExposerOptions
        {
            Target = target,
            ProxyHeader = settings.ProxyHeader,
            Listen = handler => QstpServer.Start(
                new IPEndPoint(IPAddress.Loopback, 0),
                new QstpServerOptions
                {
                    Identities = [_identity],
                    LoggerFactory = settings.Loggers,
                    PacketTolerance = settings.PacketTolerance,
                    TimeProvider = settings.Clock,
                    Ratchets = settings.ExposerRatchets,
                },
                handler),
            LoggerFactory = settings.Loggers,
        });
        QstpClientOptions client = new()
        {
            LoggerFactory = settings.Loggers,
            PacketTolerance = settings.PacketTolerance,
            TimeProvider = settings.Clock,
        };
        Forwarder = Forwarder.Start(new IPEndPoint(IPAddress.Loopback, 0), new ForwarderOptions
        {
            Server = Exposer.LocalEndPoint,
            Path = ForwardingPath.TunnelEach(token => QstpClient.ConnectAsync(Exposer.LocalEndPoint, TestKeys.Default.Verified, client, token)),
            LoggerFactory = settings.Loggers,
            MaxConnections = settings.MaxConnections,
            IdleTimeout = settings.IdleTimeout,
        });
    }

    public Exposer Exposer { get; }

    public Forwarder Forwarder { get; }

    public EndPoint EndPoint => Forwarder.LocalEndPoint;

    /// <summary>A tunnel to the exposer without a forwarder.</summary>
    public Task<SecureChannel> ConnectAsync() => QstpClient.ConnectAsync(Exposer.LocalEndPoint, TestKeys.Default.Verified);

    /// <summary>Forwarding to a server of the default keys.</summary>
    public static ForwarderOptions Forwarding(EndPoint server) => new()
    {
        Server = server,
        Path = ForwardingPath.TunnelEach(token => QstpClient.ConnectAsync(server, TestKeys.Default.Verified, null, token)),
    };

    public async ValueTask DisposeAsync()
    {
        await Forwarder.DisposeAsync();
        await Exposer.DisposeAsync();
        _identity.Dispose();
    }
}

/// <summary>What a test changes about its tunnel.</summary>
internal sealed record TunnelSettings
{
    public int MaxConnections { get; init; } = 4096;

    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan PacketTolerance { get; init; } = TimeSpan.FromDays(1);

    public RatchetPolicy ExposerRatchets { get; init; } = RatchetPolicy.Never;

    public ProxyHeaderUse ProxyHeader { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public ILoggerFactory Loggers { get; init; } = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;
}
