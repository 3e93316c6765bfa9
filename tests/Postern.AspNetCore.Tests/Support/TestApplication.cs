using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.AspNetCore.Tests.Support;

/// <summary>An application on a loopback port behind a tunnel, and clients for it.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    /// <summary>Only a hang reaches it.</summary>
    public static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly Tunnel _tunnel;

    private TestApplication(WebApplication application, Tunnel tunnel, LogMemory logs)
    {
        Application = application;
        _tunnel = tunnel;
        Logs = logs;
        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        EndPoint = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    public WebApplication Application { get; }

    public Tunnel Tunnel => _tunnel;

    public IPEndPoint EndPoint { get; }

    /// <summary>What the application and the server logged.</summary>
    public LogMemory Logs { get; }

    public Uri Address(string path = "/", string scheme = "http") => new($"{scheme}://127.0.0.1:{EndPoint.Port}{path}");

    public static async Task<TestApplication> StartAsync(
        Action<WebApplication> configure,
        Tunnel tunnel = Tunnel.Qstp,
        HttpProtocols protocols = HttpProtocols.Http1,
        ConnectionLimits? limits = null,
        Action<KestrelServerOptions>? kestrel = null,
        Action<IServiceCollection>? services = null,
        Action<ListenOptions>? listen = null,
        QstpServerOptions? qstp = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        LogMemory logs = new();
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddRoutingCore();
        services?.Invoke(builder.Services);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UsePostern().ConfigureKestrel(options =>
        {
            kestrel?.Invoke(options);
            Listen(options, tunnel, qstp ?? TestIdentities.Qstp, limits ?? new ConnectionLimits { HandshakeTimeout = HangGuard }, endpoint =>
            {
                endpoint.Protocols = protocols;
                listen?.Invoke(endpoint);
            });
        });
        WebApplication application = builder.Build();
        configure(application);
        await application.StartAsync();
        return new TestApplication(application, tunnel, logs);
    }

    public SocketsHttpHandler CreateHandler() => (SocketsHttpHandler)(_tunnel switch
    {
        Tunnel.Qstp or Tunnel.QstpMiddleware => new SocketsHttpHandler().UseQstp(TestIdentities.Verified, ClientOptions),
        Tunnel.Simplex or Tunnel.SimplexMiddleware => new SocketsHttpHandler().UseQsmpSimplex(TestIdentities.Listener.GetPublicKey(QsmpMode.Simplex)),
        _ => new SocketsHttpHandler().UseQsmpDuplex(TestIdentities.Peer, TestIdentities.Listener.GetPublicKey(QsmpMode.Duplex)),
    });

    public HttpClient CreateClient() => new(CreateHandler()) { BaseAddress = Address(), Timeout = HangGuard };

    /// <summary>A bare channel, for what HttpClient would never do.</summary>
    public Task<SecureChannel> ConnectAsync() =>
        QstpClient.ConnectAsync(EndPoint, TestIdentities.Verified, ClientOptions).WaitAsync(HangGuard);

    public async Task<(SecureChannel Channel, Socket Socket)> ConnectOverSocketAsync()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint);
        return (await QstpClient.AuthenticateAsync(new NetworkStream(socket), TestIdentities.Verified, ClientOptions).WaitAsync(HangGuard), socket);
    }

    public async ValueTask DisposeAsync() => await Application.DisposeAsync().AsTask().WaitAsync(HangGuard);

    private static QstpClientOptions ClientOptions => new() { HandshakeTimeout = HangGuard, PacketTolerance = TimeSpan.FromHours(1) };

    private static void Listen(KestrelServerOptions options, Tunnel tunnel, QstpServerOptions qstp, ConnectionLimits limits, Action<ListenOptions> configure)
    {
        IPEndPoint endPoint = new(IPAddress.Loopback, 0);
        qstp = qstp with { Limits = limits };
        QsmpSimplexServerOptions simplex = TestIdentities.Simplex with { Limits = limits };
        QsmpDuplexListenOptions duplex = TestIdentities.Duplex with { Limits = limits };
        switch (tunnel)
        {
            case Tunnel.Qstp:
                options.ListenQstp(endPoint, qstp, configure);
                break;
            case Tunnel.Simplex:
                options.ListenQsmpSimplex(endPoint, simplex, configure);
                break;
            case Tunnel.Duplex:
                options.ListenQsmpDuplex(endPoint, duplex, configure);
                break;
            case Tunnel.QstpMiddleware:
                options.Listen(endPoint, listen => configure(listen.UseQstp(qstp)));
                break;
            case Tunnel.SimplexMiddleware:
                options.Listen(endPoint, listen => configure(listen.UseQsmpSimplex(simplex)));
                break;
            default:
                options.Listen(endPoint, listen => configure(listen.UseQsmpDuplex(duplex)));
                break;
        }
    }
}
