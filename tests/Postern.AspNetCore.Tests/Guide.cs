using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Postern.AspNetCore.Authentication;
using Postern.AspNetCore.Hosting;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.AspNetCore.Tests;

/// <summary>The code of docs/aspnetcore.md, which a test compares with this.</summary>
internal static class Guide
{
    public static Task ServeAsync(string[] args, ServerIdentity identity)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UsePostern().ConfigureKestrel(kestrel => kestrel.ListenQstp(32119, new QstpServerOptions { Identities = [identity] }));
        WebApplication app = builder.Build();
        app.MapGet("/", (HttpContext context) => $"{context.Request.IsHttps} {context.Features.Get<IPosternConnectionFeature>()!.Suite}");
        return app.RunAsync();
    }

    public static ServerIdentity Load(byte[] root, byte[] certificate, byte[] key) =>
        ServerIdentity.Create(RootCertificate.Parse(root), ServerCertificate.Parse(certificate), ServerKey.Parse(key));

    public static async Task<string> GetAsync(RootCertificate root, ServerCertificate certificate)
    {
        VerifiedServer server = root.Verify(certificate);
        using HttpClient client = new(new SocketsHttpHandler().UseQstp(server));
        return await client.GetStringAsync(new Uri("http://example.org:32119/"));
    }

    public static void ListenForHttp2(KestrelServerOptions kestrel, QstpServerOptions options) =>
        kestrel.ListenQstp(32120, options, listen => listen.Protocols = HttpProtocols.Http2);

    public static void UseHttp2(HttpClient client)
    {
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }

    public static async Task OpenWebSocketAsync(ClientWebSocket socket, VerifiedServer server)
    {
        using HttpMessageInvoker invoker = new(new SocketsHttpHandler().UseQstp(server));
        await socket.ConnectAsync(new Uri("ws://example.org:32119/live"), invoker, CancellationToken.None);
    }

    public static HubConnection CreateHubConnection(QsmpPrivateKey ownKey, QsmpPublicKey peerKey)
    {
        HttpMessageInvoker tunnel = new(new SocketsHttpHandler().UseQsmpDuplex(ownKey, peerKey));
        HubConnection connection = new HubConnectionBuilder().WithUrl(new Uri("http://example.org:30118/hub"), options =>
        {
            options.HttpMessageHandlerFactory = _ => new SocketsHttpHandler().UseQsmpDuplex(ownKey, peerKey);
            options.WebSocketFactory = async (context, cancellationToken) =>
            {
                ClientWebSocket socket = new();
                await socket.ConnectAsync(context.Uri, tunnel, cancellationToken);
                return socket;
            };
        }).Build();
        return connection;
    }

    public static HttpClient CreateUnixSocketClient(VerifiedServer server)
    {
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint("/run/app.sock"), cancellationToken);
                Stream stream = new NetworkStream(socket, ownsSocket: true);
                SecureChannel channel = await QstpClient.AuthenticateAsync(stream, server, cancellationToken: cancellationToken);
                return channel.AsStream(saysGoodbye: true);
            },
        };
        return new HttpClient(handler);
    }

    public static void UseUnixSocket(KestrelServerOptions kestrel, QstpServerOptions options) =>
        kestrel.ListenUnixSocket("/run/app.sock", listen => listen.UseQstp(options));

    public static void Authenticate(WebApplicationBuilder builder, QsmpPrivateKey ownKey)
    {
        TrustedKeys trusted = TrustedKeys.FromFolder("/etc/app/trusted");
        builder.WebHost.UsePostern().ConfigureKestrel(kestrel =>
            kestrel.ListenQsmpDuplex(30118, new QsmpDuplexListenOptions { Keys = [ownKey], TrustedKeys = trusted }));
        builder.Services.AddAuthorization().AddAuthentication(PosternPeerDefaults.AuthenticationScheme).AddPosternPeer();
    }

    [Authorize]
    public static string WhoAmI(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)!;

    public static HttpClient CreatePeerClient(QsmpPrivateKey ownKey, QsmpPublicKey peerKey) =>
        new(new SocketsHttpHandler().UseQsmpDuplex(ownKey, peerKey));

    public static void Configure(WebApplicationBuilder builder)
    {
        builder.Services.AddPosternQstpServer(builder.Configuration.GetSection("Postern"));
        builder.Services.AddHealthChecks().AddPostern();
    }

    public static async Task<Stream> InsteadOfSslStreamAsync(Socket socket, VerifiedServer server, CancellationToken cancellationToken)
    {
        SecureChannel channel = await QstpClient.AuthenticateAsync(new NetworkStream(socket, ownsSocket: true), server, cancellationToken: cancellationToken);
        return channel.AsStream();
    }
}
