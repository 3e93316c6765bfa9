using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Postern.AspNetCore.Kestrel;

namespace Postern.AspNetCore;

/// <summary>Lets Kestrel serve over QSTP and QSMP.</summary>
public static class PosternWebHostExtensions
{
    /// <summary>
    /// Adds what <c>ListenQstp</c>, <c>UseQstp</c> and their like need. Requests that come through a tunnel then have the scheme
    /// <c>https</c>. May be called again.
    /// </summary>
    public static IWebHostBuilder UsePostern(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services => services.AddPosternKestrel());
    }

    /// <summary>As <see cref="UsePostern"/>.</summary>
    public static IServiceCollection AddPosternKestrel(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        // Kestrel adds its own transport only where there is none yet: whoever comes first must leave it to the other endpoints.
        services.TryAddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, PosternTransportFactory>());
        services.TryAddSingleton<PosternEndpoints>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, PosternSchemeFilter>());
        return services;
    }
}
