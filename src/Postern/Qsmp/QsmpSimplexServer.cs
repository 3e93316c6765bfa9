using System.Net;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Qsmp.Simplex;

namespace Postern.Qsmp;

/// <summary>
/// Accepts SIMPLEX channels: from many clients with <see cref="Start"/>, from one with <see cref="AcceptOneAsync"/>, or over any stream
/// with <see cref="AuthenticateAsync"/>. (QSMP §2)
/// </summary>
public sealed class QsmpSimplexServer : ChannelServer
{
    /// <summary>The port that SIMPLEX servers listen on.</summary>
    public const int DefaultPort = QsmpSimplexClient.DefaultPort;

    private QsmpSimplexServer(ChannelListener listener)
        : base(listener)
    {
    }

    /// <summary>Listens on a TCP address and gives each authenticated channel to <paramref name="handler"/>.</summary>
    /// <param name="endPoint">Where to listen: an <see cref="IPEndPoint"/>; IPv6's any address takes IPv4 connections too.</param>
    /// <param name="options">Keys, limits, clock.</param>
    /// <param name="handler">Serves one channel; it ends with the handler.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on.</exception>
    public static QsmpSimplexServer Start(EndPoint endPoint, QsmpSimplexServerOptions options, ChannelHandler handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new QsmpSimplexServer(ChannelListener.Start(endPoint, CreateProtocol(options, servesMany: true), options, handler, "Postern.Qsmp.SimplexServer"));
    }

    /// <summary>
    /// Listens until one client has authenticated itself to the handshake's end, and no longer: the reference's single-peer listener.
    /// Failed attempts do not end it.
    /// </summary>
    /// <param name="endPoint">Where to listen.</param>
    /// <param name="options">Keys, limits, clock.</param>
    /// <param name="listening">Called once with the address that it listens on, with the port that was chosen if 0 was asked for.</param>
    /// <param name="cancellationToken">Stops listening.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on.</exception>
    public static Task<SecureChannel> AcceptOneAsync(
        EndPoint endPoint, QsmpSimplexServerOptions options, Action<EndPoint>? listening = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return SingleListener.AcceptAsync(
            endPoint, CreateProtocol(options, servesMany: false), options, "Postern.Qsmp.SimplexServer", listening, cancellationToken);
    }

    /// <summary>
    /// Runs the server's side of the handshake over any stream. The channel owns the stream; if the handshake fails the stream is
    /// disposed of.
    /// </summary>
    /// <exception cref="ChannelException">The handshake failed.</exception>
    public static Task<SecureChannel> AuthenticateAsync(
        Stream stream, QsmpSimplexServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ListenerProtocol protocol = CreateProtocol(options, servesMany: false);
        return ChannelDialer.AuthenticateAsync(stream, protocol.CreateHandshake, protocol.Context, options.Limits.HandshakeTimeout, cancellationToken);
    }

    /// <summary>
    /// Answers new connections by these options from now on, limits included. Connections that are there go on, and keep what they were made with: the former keys
    /// may be disposed of when the task has ended.
    /// </summary>
    /// <param name="options">All of them; those that were given before count no more. The loggers stay what they are.</param>
    /// <returns>Ends when no connection uses the former options.</returns>
    /// <exception cref="InvalidOperationException">It is drained or disposed of.</exception>
    public Task Update(QsmpSimplexServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Update(CreateProtocol(options, servesMany: true), options);
    }

    internal static ListenerProtocol CreateProtocol(QsmpSimplexServerOptions options, bool servesMany) => options.CreateProtocol(
        settings => new SimplexServerHandshake(options.Keys, options.CreateHandshakeClock(), RandomSource.System) { Settings = settings },
        options.Keys.Select(key => key.Suite),
        servesMany);
}
