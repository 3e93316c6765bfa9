using System.Buffers;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Postern.AspNetCore.Tests.Support;

namespace Postern.AspNetCore.Tests;

/// <summary>An application does over a tunnel what it does over HTTPS.</summary>
public sealed class HttpTests
{
    private const int MegaByte = 1024 * 1024;

    public static TheoryData<Tunnel> Tunnels => [.. Enum.GetValues<Tunnel>()];

    [Theory]
    [MemberData(nameof(Tunnels))]
    public async Task Http_1_serves_many_requests_over_one_connection(Tunnel tunnel)
    {
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(context => context.Response.WriteAsync($"{context.Connection.Id} {context.Request.Protocol} {context.Request.Path}")), tunnel);
        using HttpClient client = application.CreateClient();
        string first = await client.GetStringAsync(new Uri("/a", UriKind.Relative));
        string second = await client.GetStringAsync(new Uri("/b", UriKind.Relative));
        Assert.EndsWith("HTTP/1.1 /a", first, StringComparison.Ordinal);
        Assert.Equal(first[..^1] + "b", second);
    }

    [Theory]
    [MemberData(nameof(Tunnels))]
    public async Task Http_2_mixes_requests_on_one_connection(Tunnel tunnel)
    {
        TaskCompletionSource both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int count = 0;
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(async context =>
            {
                if (Interlocked.Increment(ref count) == 2) both.SetResult();
                await both.Task.WaitAsync(TestApplication.HangGuard);
                await context.Response.WriteAsJsonAsync(new { context.Connection.Id, context.Request.Protocol });
            }),
            tunnel,
            HttpProtocols.Http2);
        using HttpClient client = application.CreateClient();
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        Answer?[] answers = await Task.WhenAll(
            client.GetFromJsonAsync<Answer>(new Uri("/", UriKind.Relative)), client.GetFromJsonAsync<Answer>(new Uri("/", UriKind.Relative)));
        Assert.Equal("HTTP/2", answers[0]!.Protocol);
        Assert.Equal(answers[0], answers[1]);
    }

    [Theory]
    [MemberData(nameof(Tunnels))]
    public async Task A_web_socket_echoes_and_closes(Tunnel tunnel)
    {
        await using TestApplication application = await TestApplication.StartAsync(
            app =>
            {
                app.UseWebSockets();
                app.Run(EchoAsync);
            },
            tunnel);
        using HttpMessageInvoker invoker = new(application.CreateHandler());
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(application.Address("/", "ws"), invoker, CancellationToken.None).WaitAsync(TestApplication.HangGuard);
        byte[] buffer = new byte[100];
        for (int round = 0; round < 10; round++)
        {
            byte[] message = Encoding.UTF8.GetBytes($"message {round}");
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(TestApplication.HangGuard);
            Assert.Equal(message, buffer[..result.Count]);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(TestApplication.HangGuard);
        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Theory]
    [InlineData(Tunnel.Qstp, HttpProtocols.Http1)]
    [InlineData(Tunnel.Qstp, HttpProtocols.Http2)]
    [InlineData(Tunnel.QstpMiddleware, HttpProtocols.Http1)]
    [InlineData(Tunnel.Duplex, HttpProtocols.Http1)]
    public async Task A_large_upload_and_download_arrive_whole(Tunnel tunnel, HttpProtocols protocols)
    {
        byte[] bytes = new byte[32 * MegaByte];
        new Random(5).NextBytes(bytes);
        await using TestApplication application = await TestApplication.StartAsync(
            app =>
            {
                app.MapPost("/", async context => await context.Response.WriteAsync(Convert.ToHexString(await SHA256.HashDataAsync(context.Request.Body))));
                app.MapGet("/", async context => await context.Response.Body.WriteAsync(bytes));
            },
            tunnel,
            protocols,
            kestrel: options => options.Limits.MaxRequestBodySize = null);
        using HttpClient client = application.CreateClient();
        client.DefaultRequestVersion = protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using ByteArrayContent content = new(bytes);
        using HttpResponseMessage response = await client.PostAsync(application.Address(), content);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes)), await response.Content.ReadAsStringAsync());
        byte[] answer = await client.GetByteArrayAsync(application.Address());
        Assert.True(bytes.AsSpan().SequenceEqual(answer));
    }

    [Theory]
    [MemberData(nameof(Tunnels))]
    public async Task The_application_sees_https_and_the_tunnel(Tunnel tunnel)
    {
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(async context =>
            {
                IPosternConnectionFeature feature = context.Features.Get<IPosternConnectionFeature>()!;
                await feature.RatchetAsync();
                await context.Response.WriteAsync($"{context.Request.IsHttps} {feature.Protocol} {feature.GetStatus().Ratchets} {feature.PeerIdentity?.Name}");
            }),
            tunnel);
        using HttpClient client = application.CreateClient();
        string expected = tunnel switch
        {
            Tunnel.Qstp or Tunnel.QstpMiddleware => "True QSTP 1 ",
            Tunnel.Simplex or Tunnel.SimplexMiddleware => "True QSMP SIMPLEX 1 ",
            _ => $"True QSMP DUPLEX 1 {TestIdentities.Peer.KeyIdentity}",
        };
        Assert.Equal(expected, await client.GetStringAsync(new Uri("/", UriKind.Relative)));
        Assert.NotEmpty(await client.GetStringAsync(new Uri("/", UriKind.Relative)));
    }

    [Fact]
    public async Task Tls_runs_inside_the_tunnel()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=inside", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await using TestApplication application = await TestApplication.StartAsync(
            app => app.Run(context => context.Response.WriteAsync(
                $"{context.Request.IsHttps} {context.Features.Get<ITlsHandshakeFeature>() is not null} {context.Features.Get<IPosternConnectionFeature>()?.Protocol}")),
            listen: listen => listen.UseHttps(certificate));
        SocketsHttpHandler handler = application.CreateHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.Thumbprint;
        using HttpClient client = new(handler);
        Assert.Equal("True True QSTP", await client.GetStringAsync(application.Address(scheme: "https")));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        while (true)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (result.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, result.Count), result.MessageType, result.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private sealed record Answer(string Id, string Protocol);
}
