using System.Net;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Qsmp.Simplex;

namespace Postern.Qsmp;

/// <summary>Opens SIMPLEX channels to a server whose public key is known. The client stays anonymous. (QSMP §2)</summary>
public static class QsmpSimplexClient
{
    /// <summary>The port that SIMPLEX servers listen on.</summary>
    public const int DefaultPort = 31119;

    /// <summary>Connects over TCP (IPv4 or IPv6, whichever answers) and runs the handshake.</summary>
    /// <param name="endPoint">An <see cref="IPEndPoint"/> or <see cref="DnsEndPoint"/>.</param>
    /// <param name="server">The public key of the server that must be there, of mode SIMPLEX.</param>
    /// <param name="options">Deadlines and the like; the defaults if null.</param>
    /// <param name="cancellationToken">Ends the attempt and closes the connection.</param>
    /// <exception cref="ArgumentException">The key is for DUPLEX.</exception>
    /// <exception cref="ChannelException">The connection or the handshake failed.</exception>
    public static Task<SecureChannel> ConnectAsync(
        EndPoint endPoint, QsmpPublicKey server, QsmpSimplexClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        QsmpPublicKey key = KeyCheck.Require(server, QsmpMode.Simplex);
        options ??= QsmpSimplexClientOptions.Default;
        return ChannelDialer.ConnectAsync(
            endPoint, () => CreateHandshake(key, options), options.CreateContext(), options.HandshakeTimeout, cancellationToken);
    }

    /// <summary>Runs the handshake over any stream. The channel owns the stream; if the handshake fails the stream is disposed of.</summary>
    /// <exception cref="ArgumentException">The key is for DUPLEX.</exception>
    /// <exception cref="ChannelException">The handshake failed.</exception>
    public static Task<SecureChannel> AuthenticateAsync(
        Stream stream, QsmpPublicKey server, QsmpSimplexClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        QsmpPublicKey key = KeyCheck.Require(server, QsmpMode.Simplex);
        options ??= QsmpSimplexClientOptions.Default;
        return ChannelDialer.AuthenticateAsync(
            stream, () => CreateHandshake(key, options), options.CreateContext(), options.HandshakeTimeout, cancellationToken);
    }

    private static SimplexClientHandshake CreateHandshake(QsmpPublicKey server, QsmpSimplexClientOptions options) =>
        new(server, options.CreateHandshakeClock(), RandomSource.System) { Settings = options.HandshakeSettings };
}
