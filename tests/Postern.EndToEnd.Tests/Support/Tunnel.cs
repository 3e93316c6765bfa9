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
        Exposer = Exposer.Start(new IPEndPoint(IPAddress.Loopback, 0), new ExposerOptions
        {
            Target = target,
            Relay = settings.ExposerRelay,
            Server = new QstpServerOptions
            {
                Identities = [_identity],
                LoggerFactory = settings.Loggers,
                PacketTolerance = settings.PacketTolerance,
                TimeProvider = settings.Clock,
            },
        });
        Forwarder = Forwarder.Start(new IPEndPoint(IPAddress.Loopback, 0), new ForwarderOptions
        {
            Server = Exposer.LocalEndPoint,
            Identity = TestKeys.Default.Verified,
            MaxConnections = settings.MaxConnections,
            IdleTimeout = settings.IdleTimeout,
            Client = new QstpClientOptions
            {
                LoggerFactory = settings.Loggers,
                PacketTolerance = settings.PacketTolerance,
                TimeProvider = settings.Clock,
            },
        });
    }

    public Exposer Exposer { get; }

    public Forwarder Forwarder { get; }

    public EndPoint EndPoint => Forwarder.LocalEndPoint;

    /// <summary>A tunnel to the exposer without a forwarder.</summary>
    public Task<SecureChannel> ConnectAsync() => QstpClient.ConnectAsync(Exposer.LocalEndPoint, TestKeys.Default.Verified);

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

    public RelayOptions ExposerRelay { get; init; } = RelayOptions.Default;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public ILoggerFactory Loggers { get; init; } = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;
}
