using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Postern.AspNetCore.Authentication;
using Postern.AspNetCore.Tests.Support;
using Postern.Qsmp;

namespace Postern.AspNetCore.Tests;

/// <summary>One application with a plain endpoint, a QSTP one and a DUPLEX one: nobody passes for a peer but by a DUPLEX handshake.</summary>
public sealed class MixedEndpointTests
{
    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Only_the_duplex_endpoint_makes_users_and_only_tunnels_are_https(HttpProtocols protocols)
    {
        await using WebApplication application = await StartAsync(protocols);
        int[] ports = [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address).Port)];
        Assert.Equal((HttpStatusCode.OK, "http False"), await AskAsync(new SocketsHttpHandler(), ports[0], "/scheme", protocols));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(new SocketsHttpHandler(), ports[0], "/secret", protocols)).Status);

        SocketsHttpHandler anonymous = new SocketsHttpHandler().UseQstp(TestIdentities.Verified);
        Assert.Equal((HttpStatusCode.OK, "https True"), await AskAsync(anonymous, ports[1], "/scheme", protocols));
        SocketsHttpHandler again = new SocketsHttpHandler().UseQstp(TestIdentities.Verified);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(again, ports[1], "/secret", protocols)).Status);

        SocketsHttpHandler peer = new SocketsHttpHandler().UseQsmpDuplex(TestIdentities.Peer, TestIdentities.Listener.GetPublicKey(QsmpMode.Duplex));
        Assert.Equal((HttpStatusCode.OK, TestIdentities.Peer.KeyIdentity), await AskAsync(peer, ports[2], "/secret", protocols));
    }

    [Fact]
    public async Task Kestrels_own_endpoints_stay_whoever_is_added_first()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UsePostern().UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(new IPEndPoint(IPAddress.Loopback, 0)));
        await using WebApplication application = builder.Build();
        application.Run(context => context.Response.WriteAsync(context.Request.Scheme));
        await application.StartAsync();
        using HttpClient client = new();
        Uri address = new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Assert.Equal("http", await client.GetStringAsync(address));
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(SocketsHttpHandler handler, int port, string path, HttpProtocols protocols)
    {
        using HttpClient client = new(handler) { Timeout = TestApplication.HangGuard };
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}{path}"));
        request.Version = protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.Add("Authorization", $"{PosternPeerDefaults.AuthenticationScheme} {TestIdentities.Peer.Fingerprint}");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-MS-CLIENT-PRINCIPAL-NAME", TestIdentities.Peer.KeyIdentity);
        using HttpResponseMessage response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<WebApplication> StartAsync(HttpProtocols protocols)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore().AddAuthorization().AddAuthentication(PosternPeerDefaults.AuthenticationScheme).AddPosternPeer();
        builder.WebHost.UseKestrelCore().UsePostern().ConfigureKestrel(kestrel =>
        {
            IPEndPoint endPoint = new(IPAddress.Loopback, 0);
            kestrel.Listen(endPoint, listen => listen.Protocols = protocols);
            kestrel.ListenQstp(endPoint, TestIdentities.Qstp, listen => listen.Protocols = protocols);
            kestrel.ListenQsmpDuplex(endPoint, TestIdentities.Duplex, listen => listen.Protocols = protocols);
        });
        WebApplication application = builder.Build();
        application.UseAuthentication().UseAuthorization();
        application.MapGet("/scheme", (HttpContext context) => $"{context.Request.Scheme} {context.Request.IsHttps}");
        application.MapGet("/secret", (HttpContext context) => context.User.Identity!.Name!).RequireAuthorization();
        await application.StartAsync();
        return application;
    }
}
