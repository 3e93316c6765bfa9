using System.Net;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Qsmp.Duplex;

namespace Postern.Qsmp;

/// <summary>
/// DUPLEX channels between two peers that know each other's public keys: connect to one with <see cref="ConnectAsync"/>, let many
/// connect with <see cref="Listen"/> or one with <see cref="AcceptOneAsync"/>. (QSMP §3)
/// </summary>
public static class QsmpDuplexPeer
{
    /// <summary>The port that DUPLEX listeners listen on.</summary>
    public const int DefaultPort = 30118;

    /// <summary>Connects over TCP (IPv4 or IPv6, whichever answers) and runs the handshake.</summary>
    /// <param name="endPoint">An <see cref="IPEndPoint"/> or <see cref="DnsEndPoint"/>.</param>
    /// <param name="own">Our key. It must live as long as the channel, which signs asymmetric ratchets with it.</param>
    /// <param name="peer">The public key of the peer that must be there, of mode DUPLEX and of the same set.</param>
    /// <param name="options">Deadlines and the like; the defaults if null.</param>
    /// <param name="cancellationToken">Ends the attempt and closes the connection.</param>
    /// <exception cref="ArgumentException">The keys are of different sets, or the peer's is for SIMPLEX.</exception>
    /// <exception cref="ChannelException">The connection or the handshake failed.</exception>
    public static Task<SecureChannel> ConnectAsync(
        EndPoint endPoint,
        QsmpPrivateKey own,
        QsmpPublicKey peer,
        QsmpDuplexConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        Check(own, peer);
        options ??= QsmpDuplexConnectOptions.Default;
        return ChannelDialer.ConnectAsync(
            endPoint, () => CreateHandshake(own, peer, options), options.CreateContext(own.Suite), options.HandshakeTimeout, cancellationToken);
    }

    /// <summary>
    /// Runs the connecting side of the handshake over any stream. The channel owns the stream; if the handshake fails the stream is
    /// disposed of.
    /// </summary>
    /// <inheritdoc cref="ConnectAsync" path="/exception"/>
    public static Task<SecureChannel> AuthenticateAsSenderAsync(
        Stream stream,
        QsmpPrivateKey own,
        QsmpPublicKey peer,
        QsmpDuplexConnectOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        Check(own, peer);
        options ??= QsmpDuplexConnectOptions.Default;
        return ChannelDialer.AuthenticateAsync(
            stream, () => CreateHandshake(own, peer, options), options.CreateContext(own.Suite), options.HandshakeTimeout, cancellationToken);
    }

    /// <summary>Listens on a TCP address and gives each authenticated channel to <paramref name="handler"/>.</summary>
    /// <param name="endPoint">Where to listen: an <see cref="IPEndPoint"/>; IPv6's any address takes IPv4 connections too.</param>
    /// <param name="options">Our keys, whom we trust, limits, clock.</param>
    /// <param name="handler">Serves one channel; it ends with the handler. The channel's <see cref="SecureChannel.PeerIdentity"/> says who it is.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on.</exception>
    public static QsmpDuplexListener Listen(EndPoint endPoint, QsmpDuplexListenOptions options, ChannelHandler handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        return QsmpDuplexListener.Start(endPoint, options, handler);
    }

    /// <summary>Listens until one peer has authenticated itself, and no longer. Failed attempts do not end it.</summary>
    /// <param name="endPoint">Where to listen.</param>
    /// <param name="options">Our keys, whom we trust, limits, clock.</param>
    /// <param name="listening">Called once with the address that it listens on, with the port that was chosen if 0 was asked for.</param>
    /// <param name="cancellationToken">Stops listening.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be listened on.</exception>
    public static Task<SecureChannel> AcceptOneAsync(
        EndPoint endPoint, QsmpDuplexListenOptions options, Action<EndPoint>? listening = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return SingleListener.AcceptAsync(
            endPoint, QsmpDuplexListener.CreateProtocol(options, servesMany: false), options, "Postern.Qsmp.DuplexListener", listening, cancellationToken);
    }

    /// <summary>
    /// Runs the listening side of the handshake over any stream. The channel owns the stream; if the handshake fails the stream is
    /// disposed of. Repeated requests are not noticed: that is a listener's work.
    /// </summary>
    /// <exception cref="ChannelException">The handshake failed.</exception>
    public static Task<SecureChannel> AuthenticateAsListenerAsync(
        Stream stream, QsmpDuplexListenOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ListenerProtocol protocol = QsmpDuplexListener.CreateProtocol(options, servesMany: false);
        return ChannelDialer.AuthenticateAsync(stream, protocol.CreateHandshake, protocol.Context, options.Limits.HandshakeTimeout, cancellationToken);
    }

    private static void Check(QsmpPrivateKey own, QsmpPublicKey peer)
    {
        ArgumentNullException.ThrowIfNull(own);
        KeyCheck.Require(peer, QsmpMode.Duplex);
        if (own.Suite != peer.Suite) throw new ArgumentException($"Our key is of {own.Suite}, the peer's of {peer.Suite}: both must be of one set.", nameof(peer));
    }

    private static DuplexSenderHandshake CreateHandshake(QsmpPrivateKey own, QsmpPublicKey peer, QsmpDuplexConnectOptions options) =>
        new(own, peer, options.CreateHandshakeClock(), RandomSource.System) { Settings = options.HandshakeSettings };
}
