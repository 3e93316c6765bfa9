using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Connections;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.AspNetCore.Kestrel;

/// <summary>What an endpoint speaks: the options of one of the protocols, and how a listener comes of them.</summary>
internal sealed class EndpointProtocol
{
    private readonly Func<ILoggerFactory, (ServerOptions Options, ListenerProtocol Protocol)> _create;
    private readonly Func<string?> _refusal;
    private readonly string _logCategory;

    private EndpointProtocol(
        string logCategory,
        DateTimeOffset expiration,
        Func<ILoggerFactory, (ServerOptions Options, ListenerProtocol Protocol)> create,
        Func<string?>? refusal = null)
    {
        _refusal = refusal ?? (static () => null);
        _logCategory = logCategory;
        Expiration = expiration;
        _create = create;
    }

    /// <summary>Until when there is something to answer with.</summary>
    public DateTimeOffset Expiration { get; }

    /// <summary>Why nobody gets in, whatever the dates say; null while that is not so.</summary>
    public string? Refusal => _refusal();

    public static EndpointProtocol Of(QstpServerOptions options) => new(
        "Postern.Qstp.Server",
        options.Identities.Max(identity => identity.Certificate.ValidTo),
        loggers =>
        {
            QstpServerOptions complete = options with { LoggerFactory = Choose(options, loggers) };
            return (complete, QstpServer.CreateProtocol(complete, servesMany: true));
        },
        () => RefusalOf(options));

    public static EndpointProtocol Of(QsmpSimplexServerOptions options) => new("Postern.Qsmp.SimplexServer", options.Keys.Max(key => key.Expiration), loggers =>
    {
        QsmpSimplexServerOptions complete = options with { LoggerFactory = Choose(options, loggers) };
        return (complete, QsmpSimplexServer.CreateProtocol(complete, servesMany: true));
    });

    public static EndpointProtocol Of(QsmpDuplexListenOptions options) => new("Postern.Qsmp.DuplexListener", options.Keys.Max(key => key.Expiration), loggers =>
    {
        QsmpDuplexListenOptions complete = options with { LoggerFactory = Choose(options, loggers) };
        return (complete, QsmpDuplexListener.CreateProtocol(complete, servesMany: true));
    });

    /// <summary>Listens on TCP.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on.</exception>
    public ChannelListener Listen(System.Net.EndPoint endPoint, ILoggerFactory loggers, ChannelHandler handler)
    {
        (ServerOptions options, ListenerProtocol protocol) = _create(loggers);
        return ChannelListener.Start(endPoint, protocol, options, handler, _logCategory);
    }

    /// <summary>Serves connections that someone else accepted.</summary>
    public ChannelHost Host(ILoggerFactory loggers)
    {
        (ServerOptions options, ListenerProtocol protocol) = _create(loggers);
        return new ChannelHost(protocol, options.Limits, options.LoggerFactory.CreateLogger(_logCategory));
    }

    // All identities are revoked, or nobody knows whether they are.
    private static string? RefusalOf(QstpServerOptions options)
    {
        RevocationMonitors monitors = options.CreateMonitors();
        string? refusal = null;
        foreach (ServerIdentity identity in options.Identities)
        {
            refusal = monitors.StandingOf(identity.Certificate)?.RefusalOfNew?.Message;
            if (refusal is null) break;
        }

        return refusal;
    }

    // The application's loggers, unless the options bring their own.
    private static ILoggerFactory Choose(ServerOptions options, ILoggerFactory loggers) =>
        options.LoggerFactory is NullLoggerFactory ? loggers : options.LoggerFactory;
}
