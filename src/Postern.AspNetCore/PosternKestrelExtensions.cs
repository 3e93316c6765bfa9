using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Postern.AspNetCore.Kestrel;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.AspNetCore;

/// <summary>
/// Endpoints of Kestrel that speak QSTP or QSMP. Limits and deadlines of handshakes are those of the options; a client whose handshake fails is
/// never seen by the application. There is no ALPN in the protocols: an endpoint is HTTP/1.1 unless its <c>Protocols</c> say
/// <see cref="HttpProtocols.Http2"/>, which clients must then know.
/// </summary>
public static class PosternKestrelExtensions
{
    /// <summary>Listens on all addresses for QSTP.</summary>
    /// <param name="kestrel">Kestrel's options.</param>
    /// <param name="port">TCP port; 0 for one that is free.</param>
    /// <param name="options">Identities, limits, clock. They log where the application logs if they name no place.</param>
    /// <param name="configure">Protocols, limits and connection middleware of the endpoint.</param>
    /// <exception cref="InvalidOperationException"><see cref="PosternWebHostExtensions.UsePostern"/> was not called.</exception>
    public static void ListenQstp(this KestrelServerOptions kestrel, int port, QstpServerOptions options, Action<ListenOptions>? configure = null) =>
        kestrel.ListenQstp(AnyAddress(port), options, configure);

    /// <summary>Listens on one address for QSTP.</summary>
    /// <inheritdoc cref="ListenQstp(KestrelServerOptions, int, QstpServerOptions, Action{ListenOptions}?)"/>
    public static void ListenQstp(
        this KestrelServerOptions kestrel, IPEndPoint endPoint, QstpServerOptions options, Action<ListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Listen(kestrel, endPoint, EndpointProtocol.Of(options), configure);
    }

    /// <summary>Listens on all addresses for QSMP's SIMPLEX.</summary>
    /// <inheritdoc cref="ListenQstp(KestrelServerOptions, int, QstpServerOptions, Action{ListenOptions}?)"/>
    public static void ListenQsmpSimplex(
        this KestrelServerOptions kestrel, int port, QsmpSimplexServerOptions options, Action<ListenOptions>? configure = null) =>
        kestrel.ListenQsmpSimplex(AnyAddress(port), options, configure);

    /// <summary>Listens on one address for QSMP's SIMPLEX.</summary>
    /// <inheritdoc cref="ListenQstp(KestrelServerOptions, int, QstpServerOptions, Action{ListenOptions}?)"/>
    public static void ListenQsmpSimplex(
        this KestrelServerOptions kestrel, IPEndPoint endPoint, QsmpSimplexServerOptions options, Action<ListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Listen(kestrel, endPoint, EndpointProtocol.Of(options), configure);
    }

    /// <summary>Listens on all addresses for QSMP's DUPLEX: only clients whose keys are trusted get in.</summary>
    /// <inheritdoc cref="ListenQstp(KestrelServerOptions, int, QstpServerOptions, Action{ListenOptions}?)"/>
    public static void ListenQsmpDuplex(
        this KestrelServerOptions kestrel, int port, QsmpDuplexListenOptions options, Action<ListenOptions>? configure = null) =>
        kestrel.ListenQsmpDuplex(AnyAddress(port), options, configure);

    /// <summary>Listens on one address for QSMP's DUPLEX: only clients whose keys are trusted get in.</summary>
    /// <inheritdoc cref="ListenQstp(KestrelServerOptions, int, QstpServerOptions, Action{ListenOptions}?)"/>
    public static void ListenQsmpDuplex(
        this KestrelServerOptions kestrel, IPEndPoint endPoint, QsmpDuplexListenOptions options, Action<ListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Listen(kestrel, endPoint, EndpointProtocol.Of(options), configure);
    }

    private static IPEndPoint AnyAddress(int port) => new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port);

    internal static void Listen(KestrelServerOptions kestrel, IPEndPoint endPoint, EndpointProtocol protocol, Action<ListenOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        ArgumentNullException.ThrowIfNull(endPoint);
        RequirePostern(kestrel.ApplicationServices);
        kestrel.Listen(new PosternEndPoint(endPoint, protocol), configure ?? (_ => { }));
    }

    internal static void RequirePostern(IServiceProvider services)
    {
        if (services.GetServices<IConnectionListenerFactory>().Any(factory => factory is PosternTransportFactory)) return;
        throw new InvalidOperationException("Kestrel does not know Postern's endpoints yet: call builder.WebHost.UsePostern() before.");
    }
}
