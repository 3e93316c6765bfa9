using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Postern.AspNetCore.Hosting;
using Postern.AspNetCore.Tests.Support;
using Postern.Qstp;

namespace Postern.AspNetCore.Tests;

/// <summary>How long connections last when nobody does anything, and what is left of them.</summary>
public sealed class LifetimeTests
{
    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_tunnel_without_a_request_is_ended_by_kestrels_limit(Tunnel tunnel)
    {
        await using TestApplication application = await TestApplication.StartAsync(
            app => { }, tunnel, kestrel: options => options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1));
        await using SecureChannel channel = await application.ConnectAsync();
        Assert.Equal(0, await channel.ReceiveAsync(new byte[channel.MaxMessageSize]).AsTask().WaitAsync(TestApplication.HangGuard));
        Assert.Equal((byte)0, channel.PeerCloseCode);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task Half_a_head_of_a_request_is_ended_by_kestrels_limit(Tunnel tunnel)
    {
        await using TestApplication application = await TestApplication.StartAsync(
            app => { }, tunnel, kestrel: options => options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1));
        await using SecureChannel channel = await application.ConnectAsync();
        await channel.SendAsync("GET / HTTP/1.1\r\nHo"u8.ToArray());
        byte[] buffer = new byte[channel.MaxMessageSize];
        int size = await channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestApplication.HangGuard);
        Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(buffer, 0, size), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_reader_that_stops_is_cut_by_kestrels_limit(Tunnel tunnel)
    {
        RequestWatch watch = new();
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(context => WriteForEverAsync(context, watch)),
            tunnel,
            kestrel: options => options.Limits.MinResponseDataRate = new MinDataRate(1e9, TimeSpan.FromSeconds(2)));
        await using SecureChannel channel = await application.ConnectAsync();
        await channel.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
        await watch.Aborted.Task.WaitAsync(TestApplication.HangGuard);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task Stopping_cuts_a_reader_that_stopped_and_ends_what_is_idle(Tunnel tunnel)
    {
        RequestWatch watch = new();
        await using TestApplication application = await TestApplication.StartAsync(app => app.Run(context => WriteForEverAsync(context, watch)), tunnel);
        await using SecureChannel stuck = await application.ConnectAsync();
        await stuck.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray());
        await watch.Started.Task.WaitAsync(TestApplication.HangGuard);
        await using SecureChannel idle = await application.ConnectAsync();
        using CancellationTokenSource stopNow = new();
        Task stopping = application.Application.StopAsync(stopNow.Token);
        Assert.Equal(0, await idle.ReceiveAsync(new byte[idle.MaxMessageSize]).AsTask().WaitAsync(TestApplication.HangGuard));
        await stopNow.CancelAsync();
        await stopping.WaitAsync(TestApplication.HangGuard);
        await watch.Aborted.Task.WaitAsync(TestApplication.HangGuard);
        await application.Application.StopAsync().WaitAsync(TestApplication.HangGuard);
        await application.DisposeAsync();
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_reader_that_stopped_does_not_keep_what_the_application_has_finished(Tunnel tunnel)
    {
        TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestApplication application = await TestApplication.StartAsync(
            app => { },
            tunnel,
            services: services => services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromDays(1)),
            listen: listen => listen.Run(async connection =>
            {
                // Until neither the peer nor the system takes any more.
                byte[] piece = new byte[64 * 1024];
                using CancellationTokenSource full = new();
                try
                {
                    while (true)
                    {
                        full.CancelAfter(TimeSpan.FromSeconds(2));
                        await connection.Transport.Output.WriteAsync(piece, full.Token);
                    }
                }
                catch (OperationCanceledException)
                {
                    finished.SetResult();
                }
            }),
            qstp: TestIdentities.Qstp with { PacketTolerance = TimeSpan.FromSeconds(1) });
        await using SecureChannel channel = await application.ConnectAsync();
        await finished.Task.WaitAsync(TestApplication.HangGuard);

        // The token is never cancelled, and the host's own time is a day.
        await application.Application.StopAsync().WaitAsync(TestApplication.HangGuard);
        byte[] buffer = new byte[channel.MaxMessageSize];
        await Assert.ThrowsAsync<ChannelException>(async () =>
        {
            while (await channel.ReceiveAsync(buffer).AsTask().WaitAsync(TestApplication.HangGuard) > 0)
            {
            }
        });
    }

    [Theory]
    [InlineData(Tunnel.Duplex)]
    [InlineData(Tunnel.DuplexMiddleware)]
    public async Task What_the_feature_says_is_there_after_the_end_and_what_it_does_fails(Tunnel tunnel)
    {
        TaskCompletionSource<IPosternConnectionFeature> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(context =>
            {
                seen.TrySetResult(context.Features.Get<IPosternConnectionFeature>()!);
                return context.Response.WriteAsync("hello");
            }),
            tunnel);
        using (HttpClient client = application.CreateClient()) await client.GetStringAsync(application.Address());
        await application.Application.StopAsync();
        IPosternConnectionFeature feature = await seen.Task;
        Assert.Equal(TestIdentities.Peer.Fingerprint, feature.PeerIdentity!.Fingerprint);
        Assert.True(feature.GetStatus().BytesReceived > 0);
        Assert.Equal("QSMP DUPLEX", feature.Protocol);
        await Assert.ThrowsAsync<ChannelException>(() => feature.RatchetAsync().AsTask());
    }

    [Fact]
    public async Task A_pooled_connection_to_a_server_that_was_revoked_serves_no_more()
    {
        await using RevocableServer server = await RevocableServer.CreateAsync();
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(context => context.Response.WriteAsync("hello")), qstp: new QstpServerOptions { Identities = [server.Identity] });
        using HttpClient client = new(new SocketsHttpHandler().UseQstp(server.Verified, new QstpClientOptions { Revocation = server.Monitor }));
        Assert.Equal("hello", await client.GetStringAsync(application.Address()));
        await server.RevokeAsync();
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(application.Address()));
        Assert.Equal(ChannelError.CertificateRevoked, Assert.IsType<ChannelException>(refused.InnerException).Error);
    }

    [Theory]
    [InlineData(Tunnel.Qstp)]
    [InlineData(Tunnel.QstpMiddleware)]
    public async Task A_server_that_was_revoked_is_unhealthy(Tunnel tunnel)
    {
        await using RevocableServer server = await RevocableServer.CreateAsync();
        await using TestApplication application = await TestApplication.StartAsync(
            app => { },
            tunnel,
            services: services => services.AddHealthChecks().AddPostern(),
            qstp: new QstpServerOptions { Identities = [server.Identity], Revocation = server.Monitor });
        HealthCheckService health = application.Application.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        await server.RevokeAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Status);
    }

    private static async Task WriteForEverAsync(HttpContext context, RequestWatch watch)
    {
        using CancellationTokenRegistration aborted = context.RequestAborted.Register(() => watch.Aborted.TrySetResult());
        byte[] piece = new byte[64 * 1024];
        while (true)
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            watch.Started.TrySetResult();
        }
    }
}
