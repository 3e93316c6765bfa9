using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Authority.Service;

namespace Postern.Cli.Health;

/// <summary>Answers <c>/healthz</c> and <c>/metrics</c> over plain HTTP: numbers and states, no names of peers, nothing that can be changed.</summary>
internal sealed class AdminSite : IAsyncDisposable
{
    private const int MaxConnections = 64;

    private readonly WebApplication _app;
    private readonly MetricCollector _metrics;
    private readonly Func<HealthReport> _health;

    private AdminSite(IPEndPoint endPoint, MetricCollector metrics, Func<HealthReport> health, ILoggerFactory loggers)
    {
        _metrics = metrics;
        _health = health;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new FrameworkLoggerFactory(loggers));
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Harden(kestrel);
            kestrel.Listen(endPoint);
        });
        builder.Services.AddSingleton<IConnectionListenerFactory, ReservedSockets>();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint
    {
        get
        {
            Uri address = new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            return new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
        }
    }

    /// <summary>Listens; null if no address was given.</summary>
    /// <exception cref="CommandException">The address cannot be listened on.</exception>
    public static async Task<AdminSite?> StartAsync(IPEndPoint? endPoint, MetricCollector? metrics, Func<HealthReport> health, ILoggerFactory loggers)
    {
        if (endPoint is null || metrics is null) return null;
        AdminSite site = new(endPoint, metrics, health, loggers);
        try
        {
            await site._app.StartAsync();
            AdminLog.Listening(loggers.CreateLogger("Postern.Admin"), site.EndPoint);
            return site;
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await site.DisposeAsync();
            throw new CommandException(ExitCode.Channel, $"Cannot listen on {endPoint}: it is in use. Choose another with --admin-listen.");
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static void Harden(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
        kestrel.Limits.MaxRequestLineSize = 2 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        context.Response.Headers.CacheControl = "no-store";
        switch (context.Request.Path.Value)
        {
            case "/healthz":
                HealthReport report = _health();
                context.Response.StatusCode = report.IsHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync(JsonSerializer.Serialize(report, JsonSerializerOptions.Web) + "\n", context.RequestAborted);
            case "/metrics":
                context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                return context.Response.WriteAsync(_metrics.ToText(), context.RequestAborted);
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
        }
    }
}
