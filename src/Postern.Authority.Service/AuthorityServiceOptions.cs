using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Qstp;

namespace Postern.Authority.Service;

/// <summary>Where the service listens, and how often it publishes.</summary>
internal sealed record AuthorityServiceOptions
{
    /// <summary>The port of the private part.</summary>
    public const int DefaultPort = 32120;

    /// <summary>The port of the public part.</summary>
    public const int DefaultPublicPort = 8080;

    /// <summary>The port of the administrators' pages.</summary>
    public const int DefaultWebPort = 8081;

    /// <summary>Where tunnels come in.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>Where whatever anyone may read is served, over plain HTTP.</summary>
    public required IPEndPoint PublicEndPoint { get; init; }

    /// <summary>Where the administrators' pages are, over plain HTTP; null for none. Beyond loopback a proxy must add TLS.</summary>
    public IPEndPoint? WebEndPoint { get; init; }

    /// <summary>What the service answers tunnels with; disposed of with it.</summary>
    public required OwnIdentities Identities { get; init; }

    /// <summary>From one revocation list to the next. Default an hour. Can change while it runs, by <see cref="AuthorityService.ReloadAsync"/>.</summary>
    public TimeSpan PublishEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often calls may be made.</summary>
    public ServiceLimits Limits { get; init; } = new();

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Limits of the tunnels.</summary>
    public ConnectionLimits Connections { get; init; } = ConnectionLimits.Default with { MaxConnections = 1024, MaxConnectionsPerAddress = 64 };

    internal QstpServerOptions Tunnels => new() { Identities = Identities, Limits = Connections, LoggerFactory = LoggerFactory };
}
