using System.Net;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.AspNetCore;

/// <summary>
/// HttpClient through a tunnel: the connections that the handler opens and keeps are channels. Addresses are <c>http://</c>, for the tunnel is what
/// TLS would be; <c>https://</c> speaks TLS inside the tunnel, which the server must do as well. HTTP/2 needs
/// <see cref="HttpVersionPolicy.RequestVersionExact"/>: there is no ALPN. A proxy cannot be used. HTTP/3, which only <c>https://</c> has, would go past
/// the tunnel: do not ask for it.
/// </summary>
public static class PosternHttpHandlerExtensions
{
    /// <summary>Connects by QSTP to the server whose certificate was verified, whatever the address.</summary>
    /// <param name="handler">The handler, before its first request.</param>
    /// <param name="server">The server that must be there.</param>
    /// <param name="options">Deadlines and the like; the defaults if null.</param>
    public static SocketsHttpHandler UseQstp(this SocketsHttpHandler handler, VerifiedServer server, QstpClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        return Use(handler, (endPoint, cancellationToken) => QstpClient.ConnectAsync(endPoint, server, options, cancellationToken));
    }

    /// <summary>Connects by QSMP's SIMPLEX to the server with this key, whatever the address.</summary>
    /// <param name="handler">The handler, before its first request.</param>
    /// <param name="server">The public key of the server that must be there, of mode SIMPLEX.</param>
    /// <param name="options">Deadlines and the like; the defaults if null.</param>
    public static SocketsHttpHandler UseQsmpSimplex(this SocketsHttpHandler handler, QsmpPublicKey server, QsmpSimplexClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        return Use(handler, (endPoint, cancellationToken) => QsmpSimplexClient.ConnectAsync(endPoint, server, options, cancellationToken));
    }

    /// <summary>Connects by QSMP's DUPLEX to the peer with this key, whatever the address, and proves who we are.</summary>
    /// <param name="handler">The handler, before its first request.</param>
    /// <param name="own">Our key. It must live as long as the handler.</param>
    /// <param name="peer">The public key of the peer that must be there, of mode DUPLEX and of the same set.</param>
    /// <param name="options">Deadlines and the like; the defaults if null.</param>
    public static SocketsHttpHandler UseQsmpDuplex(
        this SocketsHttpHandler handler, QsmpPrivateKey own, QsmpPublicKey peer, QsmpDuplexConnectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(peer);
        return Use(handler, (endPoint, cancellationToken) => QsmpDuplexPeer.ConnectAsync(endPoint, own, peer, options, cancellationToken));
    }

    private static SocketsHttpHandler Use(SocketsHttpHandler handler, Func<EndPoint, CancellationToken, Task<SecureChannel>> connect)
    {
        ArgumentNullException.ThrowIfNull(handler);
        handler.UseProxy = false;
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            SecureChannel channel = await connect(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);

            // HTTP says by itself where a request ends, so that the end of its connection is nothing to be warned of.
            return channel.AsStream(saysGoodbye: true);
        };
        return handler;
    }
}
