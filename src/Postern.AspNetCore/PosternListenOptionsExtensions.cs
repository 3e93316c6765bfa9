using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.AspNetCore.Kestrel;
using Postern.Connections;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.AspNetCore;

/// <summary>
/// QSTP and QSMP as middleware of any endpoint's connections, as <c>UseHttps</c> is: for Unix sockets, sockets handed over by the system, and
/// transports of others. On TCP the endpoints of <see cref="PosternKestrelExtensions"/> copy less.
/// </summary>
public static class PosternListenOptionsExtensions
{
    /// <summary>Speaks QSTP on this endpoint.</summary>
    /// <param name="listen">The endpoint.</param>
    /// <param name="options">Identities, limits, clock. Limits for each address count all connections of a Unix socket as one's.</param>
    /// <exception cref="InvalidOperationException"><see cref="PosternWebHostExtensions.UsePostern"/> was not called.</exception>
    public static ListenOptions UseQstp(this ListenOptions listen, QstpServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Use(listen, EndpointProtocol.Of(options));
    }

    /// <summary>Speaks QSMP's SIMPLEX on this endpoint.</summary>
    /// <inheritdoc cref="UseQstp"/>
    public static ListenOptions UseQsmpSimplex(this ListenOptions listen, QsmpSimplexServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Use(listen, EndpointProtocol.Of(options));
    }

    /// <summary>Speaks QSMP's DUPLEX on this endpoint: only clients whose keys are trusted get in.</summary>
    /// <inheritdoc cref="UseQstp"/>
    public static ListenOptions UseQsmpDuplex(this ListenOptions listen, QsmpDuplexListenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Use(listen, EndpointProtocol.Of(options));
    }

    private static ListenOptions Use(ListenOptions listen, EndpointProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(listen);
        IServiceProvider services = listen.ApplicationServices;
        PosternKestrelExtensions.RequirePostern(services);
        ChannelHost host = protocol.Host(services.GetRequiredService<ILoggerFactory>());

        PosternEndpoints endpoints = services.GetRequiredService<PosternEndpoints>();
        endpoints.Add(host, listen.ToString()!, protocol);

        // After Kestrel has ended its connections, which are the host's.
        services.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(() =>
        {
            endpoints.Remove(host);
            _ = host.DisposeAsync().AsTask();
        });
        listen.Use(next => new PosternConnectionMiddleware(next, host).OnConnectionAsync);
        return listen;
    }
}
