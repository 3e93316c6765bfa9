using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Postern.Authority.Service.Web;

/// <summary>The administrators' pages: HTML that the server writes, a style sheet, and no script.</summary>
internal sealed class WebSite(Authority authority, AuthorityServiceOptions options) : IDisposable
{
    private readonly ILogger _logger = options.LoggerFactory.CreateLogger("Postern.Authority");
    private readonly AdminLogin _login = new(new AdminTokens(authority), options.Limits);

    public WebApplication Build(CallCounter calls)
    {
        WebApplication app = Site.Build(options, calls, host => host
            .ConfigureServices(services => services.AddSingleton<IStartupFilter, WebHeaders>())
            .ConfigureKestrel(kestrel => kestrel.Listen(options.WebEndPoint ?? throw new InvalidOperationException("The pages have no address."), Site.LimitConnections)));
        WebSessions sessions = new(authority.Clock);
        app.Use(new WebErrors(calls, _logger).InvokeAsync);
        app.Use(new WebGate(new AdminTokens(authority), sessions, calls).InvokeAsync);
        new LoginPages(_login, sessions, calls, _logger).Map(app);
        MapPages(app);
        return app;
    }

    public void Dispose() => _login.Dispose();

    private static RequestDelegate Resource(string name, string type)
    {
        using Stream stream = typeof(WebSite).Assembly.GetManifestResourceStream($"Web.{name}")!;
        byte[] data = new byte[stream.Length];
        stream.ReadExactly(data);
        return context =>
        {
            context.Response.ContentType = type;
            return context.Response.Body.WriteAsync(data, context.RequestAborted).AsTask();
        };
    }

    private void MapPages(WebApplication app)
    {
        app.MapGet("/style.css", Resource("style.css", "text/css; charset=utf-8")).AllowAnonymous();
        app.MapGet("/icon.svg", Resource("icon.svg", "image/svg+xml")).AllowAnonymous();
        app.MapGet("/", new OverviewPage(authority).ShowAsync);
        app.MapGet("/certificates", new CertificatesPage(authority).ShowAsync);
        CertificatePage certificate = new(authority, _logger);
        app.MapGet("/certificates/{serial}", certificate.ShowAsync);
        app.MapPost("/certificates/{serial}/revoke", certificate.RevokeAsync);
        RequestsPage requests = new(authority, _logger);
        app.MapGet("/requests", requests.ShowAsync);
        app.MapPost("/requests/{id}/approve", requests.ApproveAsync);
        app.MapPost("/requests/{id}/refuse", requests.RefuseAsync);
        app.MapGet("/servers", new ServersPage(authority).ShowAsync);
        LogPage log = new(authority);
        app.MapGet("/log", log.ShowAsync);
        app.MapPost("/log/verify", log.VerifyAsync);
        app.MapFallback(_ => throw new RefusedException(StatusCodes.Status404NotFound, "There is no such page."));
    }
}
