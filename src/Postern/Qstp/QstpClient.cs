using System.Net;
using Postern.Connections;
using Postern.Cryptography;
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
    /// <exception cref="ChannelException">The connection or the handshake failed, or the server's certificate was revoked.</exception>
    public static Task<SecureChannel> ConnectAsync(
        EndPoint endPoint, VerifiedServer server, QstpClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        options ??= QstpClientOptions.Default;

        // Before anything is sent to anyone.
        if (options.Revocation?.StandingOf(server.Certificate).RefusalOfNew is { } refusal) return Task.FromException<SecureChannel>(refusal);
        return ChannelDialer.ConnectAsync(
            endPoint, () => CreateHandshake(server, options), options.CreateContext(), options.HandshakeTimeout, cancellationToken);
    }

    /// <summary>
    /// Runs the handshake over any stream. The channel owns the stream; if the handshake fails the stream is disposed of.
    /// </summary>
    /// <exception cref="ChannelException">The handshake failed.</exception>
    public static Task<SecureChannel> AuthenticateAsync(
        Stream stream, VerifiedServer server, QstpClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        options ??= QstpClientOptions.Default;
        return ChannelDialer.AuthenticateAsync(
            stream, () => CreateHandshake(server, options), options.CreateContext(), options.HandshakeTimeout, cancellationToken);
    }

    private static QstpClientHandshake CreateHandshake(VerifiedServer server, QstpClientOptions options) =>
        new(server, options.CreateHandshakeClock(), RandomSource.System)
        {
            Settings = options.HandshakeSettings,
            Standing = options.Revocation?.StandingOf(server.Certificate),
        };
}
