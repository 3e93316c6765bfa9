using System.Net;
using System.Net.Sockets;
using Postern.Channels;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Qstp.Certificates;

namespace Postern.Qstp;

/// <summary>Opens QSTP tunnels to a server whose certificate chain was verified.</summary>
public static class QstpClient
{
    /// <summary>The port that QSTP servers listen on.</summary>
    public const int DefaultPort = 32119;

    /// <summary>Connects over TCP (IPv4 or IPv6, whichever answers) and runs the handshake.</summary>
    /// <param name="endPoint">An <see cref="IPEndPoint"/> or <see cref="DnsEndPoint"/>.</param>
    /// <param name="server">The server that must be there.</param>
    /// <param name="options">Deadlines and the like; the defaults if null.</param>
    /// <param name="cancellationToken">Ends the attempt and closes the connection.</param>
    /// <exception cref="ChannelException">The connection or the handshake failed.</exception>
    public static async Task<SecureChannel> ConnectAsync(
        EndPoint endPoint, VerifiedServer server, QstpClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(server);
        options ??= QstpClientOptions.Default;
        Socket socket = await TcpConnector.ConnectAsync(endPoint, options.HandshakeTimeout, cancellationToken).ConfigureAwait(false);
        NetworkStream stream = new(socket, ownsSocket: true);
        ChannelContext context = new()
        {
            Clock = options.CreateChannelClock(),
            MayRatchet = options.AllowClientRatchet,
            RemoteEndPoint = TcpConnector.RemoteOf(socket),
            LocalEndPoint = TcpConnector.LocalOf(socket),
        };
        return await AuthenticateAsync(stream, server, options, context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs the handshake over any stream. The channel owns the stream; if the handshake fails the stream is disposed of.
    /// </summary>
    /// <exception cref="ChannelException">The handshake failed.</exception>
    public static Task<SecureChannel> AuthenticateAsync(
        Stream stream, VerifiedServer server, QstpClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(server);
        options ??= QstpClientOptions.Default;
        ChannelContext context = new() { Clock = options.CreateChannelClock(), MayRatchet = options.AllowClientRatchet };
        return AuthenticateAsync(stream, server, options, context, cancellationToken);
    }

    private static async Task<SecureChannel> AuthenticateAsync(
        Stream stream, VerifiedServer server, QstpClientOptions options, ChannelContext context, CancellationToken cancellationToken)
    {
        PacketTransport transport = new(stream);
        try
        {
            using QstpClientHandshake handshake = new(server, options.CreateHandshakeClock(), RandomSource.System);
            ChannelKeys keys = await HandshakeDriver.RunAsync(
                handshake, transport, costlyGate: null, options.HandshakeTimeout, cancellationToken).ConfigureAwait(false);
            return new SecureChannel(keys, transport, context);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
