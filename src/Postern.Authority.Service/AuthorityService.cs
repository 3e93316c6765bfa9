using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Authority.Service.Web;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service;

/// <summary>The root domain security server: its two sites, the rounds between calls, and the authority behind them, which it owns.</summary>
internal sealed class AuthorityService : IAsyncDisposable
{
    private readonly Authority _authority;
    private readonly AuthorityServiceOptions _options;
    private readonly PrivateSite _privateSite;
    private readonly AuthorityMeters _meters = new();
    private readonly Rounds _rounds;
    private readonly WebApplication _private;
    private readonly WebApplication _public;
    private readonly WebSite _webSite;
    private readonly WebApplication? _web;
    private bool _isDisposed;

    private AuthorityService(Authority authority, AuthorityServiceOptions options)
    {
        _authority = authority;
        _options = options;
        CallCounter calls = new();
        _privateSite = new PrivateSite(authority, options);
        _rounds = new Rounds(authority, options.Identities, calls, _meters, options.PublishEvery, options.LoggerFactory.CreateLogger("Postern.Authority"));
        _private = _privateSite.Build(calls);
        _public = new PublicSite(authority, options).Build(calls);
        _webSite = new WebSite(authority, options);
        _web = options.WebEndPoint is null ? null : _webSite.Build(calls);
    }

    /// <summary>Where tunnels come in.</summary>
    public IPEndPoint EndPoint => AddressOf(_private);

    /// <summary>Where the public part is.</summary>
    public IPEndPoint PublicEndPoint => AddressOf(_public);

    /// <summary>Where the administrators' pages are; null for none.</summary>
    public IPEndPoint? WebEndPoint => _web is null ? null : AddressOf(_web);

    /// <summary>What tunnels are answered with.</summary>
    public IReadOnlyList<ServerIdentity> Identities => _options.Identities;

    /// <summary>It takes calls: it was not stopped.</summary>
    public bool IsListening => !_private.Lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Publishes a list and listens.</summary>
    /// <exception cref="IOException">An address cannot be listened on.</exception>
    public static async Task<AuthorityService> StartAsync(Authority authority, AuthorityServiceOptions options)
    {
        AuthorityService service = new(authority, options);
        try
        {
            await service._rounds.StartAsync().ConfigureAwait(false);
            await service._private.StartAsync().ConfigureAwait(false);
            await service._public.StartAsync().ConfigureAwait(false);
            if (service._web is { } web) await web.StartAsync().ConfigureAwait(false);
            return service;
        }
        catch
        {
            await service.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads its own certificate anew, and publishes a list with what is new.</summary>
    /// <param name="publishEvery">From one revocation list to the next.</param>
    /// <param name="listValidity">From a list to its next update.</param>
    /// <param name="cancellationToken">Ends the waiting for other calls.</param>
    public async Task ReloadAsync(TimeSpan publishEvery, TimeSpan listValidity, CancellationToken cancellationToken)
    {
        await _rounds.ReadOwnAgainAsync(cancellationToken).ConfigureAwait(false);
        _authority.ListValidity = listValidity;
        _options.PublishEvery = publishEvery;
        await _rounds.PublishEveryAsync(publishEvery).ConfigureAwait(false);
    }

    /// <summary>Stops listening and lets calls finish.</summary>
    /// <returns>False if some had to be cut.</returns>
    public async Task<bool> DrainAsync(CancellationToken cutNow)
    {
        await Task.WhenAll(_public.StopAsync(cutNow), _private.StopAsync(cutNow), _web?.StopAsync(cutNow) ?? Task.CompletedTask).ConfigureAwait(false);
        return !cutNow.IsCancellationRequested;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        if (_web is not null) await _web.DisposeAsync().ConfigureAwait(false);
        await _public.DisposeAsync().ConfigureAwait(false);
        await _private.DisposeAsync().ConfigureAwait(false);
        await _rounds.DisposeAsync().ConfigureAwait(false);
        _meters.Dispose();
        _privateSite.Dispose();
        _webSite.Dispose();
        _options.Identities.Dispose();
        _authority.Dispose();
    }

    private static IPEndPoint AddressOf(WebApplication app)
    {
        Uri address = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
    }
}
