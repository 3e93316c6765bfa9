using System.Net;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Qstp;

/// <summary>Accepts QSTP tunnels: over TCP with <see cref="Start"/>, or over any stream with <see cref="AuthenticateAsync"/>.</summary>
public sealed class QstpServer : ChannelServer
{
    /// <summary>The port that QSTP servers listen on.</summary>
    public const int DefaultPort = QstpClient.DefaultPort;

    private QstpServer(ChannelListener listener)
        : base(listener)
    {
    }

    /// <summary>Listens on a TCP address and gives each authenticated channel to <paramref name="handler"/>.</summary>
    /// <param name="endPoint">Where to listen: an <see cref="IPEndPoint"/>; IPv6's any address takes IPv4 connections too.</param>
    /// <param name="options">Identities, limits, clock.</param>
    /// <param name="handler">Serves one channel; it ends with the handler.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on.</exception>
    public static QstpServer Start(EndPoint endPoint, QstpServerOptions options, ChannelHandler handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new QstpServer(ChannelListener.Start(endPoint, CreateProtocol(options, servesMany: true), options, handler, "Postern.Qstp.Server"));
    }

    /// <summary>Listens until one client has got through the handshake, and no longer. Failed attempts do not end it.</summary>
    /// <param name="endPoint">Where to listen.</param>
    /// <param name="options">Identities, limits, clock.</param>
    /// <param name="listening">Called once with the address that it listens on, with the port that was chosen if 0 was asked for.</param>
    /// <param name="cancellationToken">Stops listening.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on.</exception>
    public static Task<SecureChannel> AcceptOneAsync(
        EndPoint endPoint, QstpServerOptions options, Action<EndPoint>? listening = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return SingleListener.AcceptAsync(
            endPoint, CreateProtocol(options, servesMany: false), options, "Postern.Qstp.Server", listening, cancellationToken);
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
        ListenerProtocol protocol = CreateProtocol(options, servesMany: false);
        return ChannelDialer.AuthenticateAsync(stream, protocol.CreateHandshake, protocol.Context, options.Limits.HandshakeTimeout, cancellationToken);
    }

    /// <summary>
    /// Answers new connections by these options from now on, limits included. Connections that are there go on, and keep what they were made with: the former identities and monitors
    /// may be disposed of when the task has ended.
    /// </summary>
    /// <param name="options">All of them; those that were given before count no more. The loggers stay what they are.</param>
    /// <returns>Ends when no connection uses the former options.</returns>
    /// <exception cref="InvalidOperationException">It is drained or disposed of.</exception>
    public Task Update(QstpServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Update(CreateProtocol(options, servesMany: true), options);
    }

    internal static ListenerProtocol CreateProtocol(QstpServerOptions options, bool servesMany)
    {
        // An identity of another root would never be found revoked: better said now.
        RevocationMonitors monitors = options.CreateMonitors();
        foreach (ServerIdentity identity in options.Identities) monitors.StandingOf(identity.Certificate);
        return options.CreateProtocol(
            settings => new QstpServerHandshake(options.Identities, options.CreateHandshakeClock(), RandomSource.System)
            {
                Settings = settings,
                Revocation = monitors,
            },
            options.Identities.Select(identity => identity.Suite),
            servesMany) with
        {
            Watches = [.. monitors.All.Select(monitor => monitor.Watch)],
            Review = new IdentityReview(options.Identities, monitors, options.TimeProvider).Run,
        };
    }
}
