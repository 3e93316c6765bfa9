using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Connections;

namespace Postern.Authority.Service;

/// <summary>
/// What every listener of the service has: a host of its own, so that no path of one can be reached at another; no server header, small bodies,
/// short deadlines, a rate for each address, and errors without a stack.
/// </summary>
internal static class Site
{
    /// <summary>The policy of calls that anyone may try.</summary>
    public const string Attempts = "attempts";

    public static WebApplication Build(AuthorityServiceOptions options, CallCounter calls, Action<IWebHostBuilder> listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new FrameworkLoggerFactory(options.LoggerFactory));
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.AddRateLimiter(limiter => Limit(limiter, options.Limits, calls));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Harden);
        builder.Services.AddSingleton<IConnectionListenerFactory, ReservedSockets>();
        listen(builder.WebHost);
        WebApplication app = builder.Build();
        ErrorAnswers errors = new(calls, options.LoggerFactory.CreateLogger("Postern.Authority"));
        app.Use(errors.InvokeAsync);
        app.UseRouting();
        app.UseRateLimiter();
        return app;
    }

    /// <summary>The network that limits count for.</summary>
    public static IPAddress NetworkOf(HttpContext context) =>
        ConnectionTable.NetworkOf(context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, 0) : null);

    /// <summary>Leaves a listener's places to many networks.</summary>
    public static void LimitConnections(ListenOptions listen)
    {
        ConnectionPlaces places = new(ServiceLimits.MaxConnectionsPerNetwork);
        listen.Use(next => connection => places.ServeAsync(connection, next));
    }

    private static void Harden(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = ServiceLimits.MaxBodySize;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
        kestrel.Limits.MaxRequestLineSize = 2 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        kestrel.Limits.MaxConcurrentConnections = 1024;
    }

    private static void Limit(RateLimiterOptions limiter, ServiceLimits limits, CallCounter calls)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = (_, _) =>
        {
            calls.Count("limited");
            return ValueTask.CompletedTask;
        };
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => RateLimitPartition.GetTokenBucketLimiter(
            NetworkOf(context),
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = limits.Burst,
                TokensPerPeriod = limits.PerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            }));
        limiter.AddPolicy(Attempts, context => RateLimitPartition.GetFixedWindowLimiter(NetworkOf(context), _ => AttemptsOf(limits)));
    }

    /// <summary>Attempts of each network, so many in a minute.</summary>
    public static PartitionedRateLimiter<HttpContext> CreateAttemptLimiter(ServiceLimits limits) =>
        PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => RateLimitPartition.GetFixedWindowLimiter(NetworkOf(context), _ => AttemptsOf(limits)));

    private static FixedWindowRateLimiterOptions AttemptsOf(ServiceLimits limits) =>
        new() { PermitLimit = limits.AttemptsPerMinute, Window = TimeSpan.FromMinutes(1) };
}
