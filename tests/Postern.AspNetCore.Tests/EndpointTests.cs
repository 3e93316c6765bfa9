using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Postern.AspNetCore.Authentication;
using Postern.AspNetCore.Tests.Support;
using Postern.Qsmp;

namespace Postern.AspNetCore.Tests;

/// <summary>Who gets in, who does not, and who they are then.</summary>
public sealed class EndpointTests
{
    [Theory]
    [InlineData(Tunnel.Duplex)]
    [InlineData(Tunnel.DuplexMiddleware)]
    public async Task A_handshake_that_fails_never_reaches_kestrels_application(Tunnel tunnel)
    {
        int connections = 0;
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(context => context.Response.WriteAsync("hello")),
            tunnel,
            listen: listen => listen.Use(next => connection =>
            {
                Interlocked.Increment(ref connections);
                return next(connection);
            }));
        using SocketsHttpHandler handler = new SocketsHttpHandler().UseQsmpDuplex(
            TestIdentities.Stranger, TestIdentities.Listener.GetPublicKey(QsmpMode.Duplex));
        using HttpClient stranger = new(handler);
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetStringAsync(application.Address()));
        Assert.IsType<ChannelException>(refused.InnerException);
        using (Socket garbage = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await garbage.ConnectAsync(application.EndPoint);
            await garbage.SendAsync("GET / HTTP/1.1\r\nHost: here\r\n\r\n"u8.ToArray());
            while (await garbage.ReceiveAsync(new byte[100]) > 0)
            {
            }
        }

        Assert.Equal(0, connections);
        using HttpClient client = application.CreateClient();
        Assert.Equal("hello", await client.GetStringAsync(application.Address()));
        Assert.Equal(1, connections);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task The_limits_of_the_options_hold(Tunnel tunnel)
    {
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(context => context.Response.WriteAsync("hello")),
            tunnel,
            limits: new ConnectionLimits { MaxConnections = 1, HandshakeTimeout = TestApplication.HangGuard });
        using (HttpClient first = application.CreateClient())
        {
            Assert.Equal("hello", await first.GetStringAsync(application.Address()));
            using HttpClient second = application.CreateClient();
            HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => second.GetStringAsync(application.Address()));
            Assert.True(refused.InnerException is ChannelException, refused.ToString());
        }
    }

    [Theory]
    [InlineData(Tunnel.Duplex)]
    [InlineData(Tunnel.DuplexMiddleware)]
    public async Task A_duplex_peer_is_a_user_by_its_key(Tunnel tunnel)
    {
        await using TestApplication application = await StartWithUsersAsync(tunnel);
        using HttpClient client = application.CreateClient();
        Assert.Equal(
            $"{TestIdentities.Peer.Fingerprint} {TestIdentities.Peer.KeyIdentity} admin", await client.GetStringAsync(application.Address()));
    }

    [Fact]
    public async Task A_simplex_client_is_nobody()
    {
        await using TestApplication application = await StartWithUsersAsync(Tunnel.Simplex);
        using HttpClient client = application.CreateClient();
        using HttpResponseMessage response = await client.GetAsync(application.Address());
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public void An_endpoint_without_the_transport_says_what_is_missing()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.ListenQstp(0, TestIdentities.Qstp));
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(builder.Build);
        Assert.Contains("UsePostern", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_use_is_told_as_kestrel_does()
    {
        await using TestApplication first = await TestApplication.StartAsync(app => { });
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UsePostern().ConfigureKestrel(options => options.ListenQstp(first.EndPoint, TestIdentities.Qstp));
        await using WebApplication second = builder.Build();
        IOException exception = await Assert.ThrowsAsync<IOException>(() => second.StartAsync());
        Assert.Contains("address already in use", exception.Message, StringComparison.Ordinal);
    }

    private static Task<TestApplication> StartWithUsersAsync(Tunnel tunnel) => TestApplication.StartAsync(
        app => app.Run(async context =>
        {
            AuthenticateResult result = await context.AuthenticateAsync();
            if (!result.Succeeded)
            {
                await context.ChallengeAsync();
                return;
            }

            ClaimsPrincipal user = result.Principal;
            await context.Response.WriteAsync(
                $"{user.FindFirstValue(ClaimTypes.NameIdentifier)} {user.Identity!.Name} {user.FindFirstValue(ClaimTypes.Role)}");
        }),
        tunnel,
        services: services => services.AddAuthentication(PosternPeerDefaults.AuthenticationScheme).AddPosternPeer(
            configure: options => options.AdditionalClaims = _ => [new Claim(ClaimTypes.Role, "admin")]));
}
