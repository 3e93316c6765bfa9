using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Qstp;

/// <summary>Accepts QSTP tunnels: over TCP with <see cref="Start"/>, or over any stream with <see cref="AuthenticateAsync"/>.</summary>
public sealed class QstpServer : IAsyncDisposable
{
    /// <summary>The port that QSTP servers listen on.</summary>
    public const int DefaultPort = QstpClient.DefaultPort;

    private readonly ChannelListener _listener;

    private QstpServer(ChannelListener listener) => _listener = listener;

    /// <summary>The address it listens on, with the port that was chosen if 0 was asked for.</summary>
    public EndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <summary>Established connections.</summary>
    public int ConnectionCount => _listener.ConnectionCount;

    /// <summary>Unfinished handshakes.</summary>
    public int PendingHandshakeCount => _listener.PendingHandshakeCount;

    /// <summary>True between <see cref="Pause"/> and <see cref="Resume"/>.</summary>
    public bool IsPaused => _listener.IsPaused;

    /// <summary>Listens on a TCP address and gives each authenticated channel to <paramref name="handler"/>.</summary>
    /// <param name="endPoint">Where to listen: an <see cref="IPEndPoint"/>; IPv6's any address takes IPv4 connections too.</param>
    /// <param name="options">Identities, limits, clock.</param>
    /// <param name="handler">
    /// Runs beside the others, once for each connection. The channel is closed with a goodbye when it returns. Its exceptions are logged
    /// and end that connection without one, so that the peer does not take what it got for all there was. The token is cancelled when
    /// the server stops.
    /// </param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on.</exception>
    public static QstpServer Start(EndPoint endPoint, QstpServerOptions options, Func<SecureChannel, CancellationToken, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        WireClock clock = options.CreateHandshakeClock();
        ListenerProtocol protocol = new()
        {
            CreateHandshake = () => new QstpServerHandshake(options.Identities, clock, RandomSource.System),
            TooManyConnectionsCode = (byte)QstpErrorCode.TooManyHosts,
            Context = options.CreateContext(mayRatchet: true),
        };
        ILogger logger = options.LoggerFactory.CreateLogger("Postern.Qstp.Server");
        return new QstpServer(new ChannelListener(endPoint, protocol, options.Limits, handler, logger));
    }

    /// <summary>
    /// Runs the server's side of the handshake over any stream. The channel owns the stream; if the handshake fails the stream is
    /// disposed of.
    /// </summary>
    /// <exception cref="ChannelException">The handshake failed.</exception>
    public static Task<SecureChannel> AuthenticateAsync(
        Stream stream, QstpServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ChannelDialer.AuthenticateAsync(
            stream,
            () => new QstpServerHandshake(options.Identities, options.CreateHandshakeClock(), RandomSource.System),
            options.CreateContext(mayRatchet: true),
            options.Limits.HandshakeTimeout,
            cancellationToken);
    }

    /// <summary>Accepts no new connections until <see cref="Resume"/>; those that are there go on.</summary>
    public void Pause() => _listener.Pause();

    /// <summary>Accepts connections again.</summary>
    public void Resume() => _listener.Resume();

    /// <summary>Stops listening and waits until every connection has ended by itself.</summary>
    /// <returns>False if <paramref name="cancellationToken"/> came first; <see cref="DisposeAsync"/> then cuts the rest.</returns>
    public Task<bool> DrainAsync(CancellationToken cancellationToken = default) => _listener.DrainAsync(cancellationToken);

    /// <summary>
    /// Stops listening, cancels the handlers and waits for them. A handler that returns at once ends its channel with a goodbye; the others
    /// are cut after a moment. For an end that loses nothing call <see cref="DrainAsync"/> before.
    /// </summary>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
