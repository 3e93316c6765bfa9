using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Postern.AspNetCore.Tests.Support;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.AspNetCore.Tests;

/// <summary>The middleware over a Unix socket of Kestrel's.</summary>
public sealed class UnixSocketTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postern-").FullName;

    private string SocketPath => Path.Combine(_folder, "app.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Qstp_serves_http_client_over_a_unix_socket()
    {
        await using WebApplication application = await StartAsync(listen => listen.UseQstp(TestIdentities.Qstp));
        await AssertServedAsync("QSTP", stream => QstpClient.AuthenticateAsync(stream, TestIdentities.Verified));
    }

    [Fact]
    public async Task Simplex_serves_http_client_over_a_unix_socket()
    {
        await using WebApplication application = await StartAsync(listen => listen.UseQsmpSimplex(TestIdentities.Simplex));
        QsmpPublicKey server = TestIdentities.Listener.GetPublicKey(QsmpMode.Simplex);
        await AssertServedAsync("QSMP SIMPLEX", stream => QsmpSimplexClient.AuthenticateAsync(stream, server));
    }

    [Fact]
    public async Task Duplex_serves_http_client_over_a_unix_socket()
    {
        await using WebApplication application = await StartAsync(listen => listen.UseQsmpDuplex(TestIdentities.Duplex));
        QsmpPublicKey server = TestIdentities.Listener.GetPublicKey(QsmpMode.Duplex);
        await AssertServedAsync("QSMP DUPLEX", stream => QsmpDuplexPeer.AuthenticateAsSenderAsync(stream, TestIdentities.Peer, server));
    }

    private async Task AssertServedAsync(string protocol, Func<Stream, Task<SecureChannel>> authenticate)
    {
        using HttpClient client = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
                SecureChannel channel = await authenticate(new NetworkStream(socket, ownsSocket: true));
                return channel.AsStream(saysGoodbye: true);
            },
        });
        client.Timeout = TestApplication.HangGuard;
        byte[] body = new byte[1024 * 1024];
        new Random(3).NextBytes(body);
        using ByteArrayContent content = new(body);
        using HttpResponseMessage response = await client.PostAsync(new Uri("http://app/"), content);
        Assert.Equal($"{protocol} https {body.Length}", await response.Content.ReadAsStringAsync());
    }

    private async Task<WebApplication> StartAsync(Action<ListenOptions> listen)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrelCore().UsePostern().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(SocketPath, listen));
        WebApplication application = builder.Build();
        application.Run(async context =>
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.WriteAsync($"{context.Features.Get<IPosternConnectionFeature>()!.Protocol} {context.Request.Scheme} {body.Length}");
        });
        await application.StartAsync();
        return application;
    }
}
