using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Postern.AspNetCore.Authentication;
using Postern.AspNetCore.Tests.Support;

namespace Postern.AspNetCore.Tests;

/// <summary>SignalR over a tunnel, by each of its transports.</summary>
public sealed class SignalRTests
{
    public static TheoryData<Tunnel, HttpTransportType> Ways => new MatrixTheoryData<Tunnel, HttpTransportType>(
        [Tunnel.Qstp, Tunnel.Duplex, Tunnel.DuplexMiddleware],
        [HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_hub_streams_both_ways_and_knows_the_peer(Tunnel tunnel, HttpTransportType transport)
    {
        StreamingHub.Watch watch = new();
        await using TestApplication application = await StartAsync(tunnel, watch);
        await using HubConnection connection = Connect(application, application.EndPoint.Port, transport);
        await connection.StartAsync().WaitAsync(TestApplication.HangGuard);
        string user = tunnel == Tunnel.Qstp ? "  False" : $"{TestIdentities.Peer.Fingerprint} {TestIdentities.Peer.KeyIdentity} True";
        Assert.Equal(user, await connection.InvokeAsync<string>(nameof(StreamingHub.WhoAmI)).WaitAsync(TestApplication.HangGuard));

        // Each number is sent when the answer to the one before is here: neither direction waits for the other's end.
        Channel<int> numbers = Channel.CreateUnbounded<int>();
        using CancellationTokenSource guard = new(TestApplication.HangGuard);
        ChannelReader<int> doubled = await connection.StreamAsChannelAsync<int>(nameof(StreamingHub.Double), numbers.Reader, guard.Token);
        for (int number = 1; number <= 5; number++)
        {
            await numbers.Writer.WriteAsync(number);
            Assert.Equal(2 * number, await doubled.ReadAsync(guard.Token));
        }

        numbers.Writer.Complete();
        Assert.False(await doubled.WaitToReadAsync(guard.Token));
        await connection.StopAsync();
        Assert.Equal(tunnel == Tunnel.Qstp ? null : TestIdentities.Peer.Fingerprint, await watch.Gone.Task.WaitAsync(TestApplication.HangGuard));
    }

    [Theory]
    [InlineData(Tunnel.Qstp, HttpTransportType.WebSockets)]
    [InlineData(Tunnel.Duplex, HttpTransportType.WebSockets)]
    [InlineData(Tunnel.Duplex, HttpTransportType.ServerSentEvents)]
    [InlineData(Tunnel.DuplexMiddleware, HttpTransportType.WebSockets)]
    public async Task A_tunnel_that_dies_ends_the_hub_connection(Tunnel tunnel, HttpTransportType transport)
    {
        StreamingHub.Watch watch = new();
        await using TestApplication application = await StartAsync(tunnel, watch);
        using TcpRelay network = new(application.EndPoint);
        await using HubConnection connection = Connect(application, network.Port, transport);
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await connection.StartAsync().WaitAsync(TestApplication.HangGuard);
        network.Cut();
        await watch.Gone.Task.WaitAsync(TestApplication.HangGuard);
        await closed.Task.WaitAsync(TestApplication.HangGuard);
    }

    private static Task<TestApplication> StartAsync(Tunnel tunnel, StreamingHub.Watch watch) => TestApplication.StartAsync(
        app =>
        {
            app.UseAuthentication().UseAuthorization().UseWebSockets();
            HubEndpointConventionBuilder hub = app.MapHub<StreamingHub>("/hub");
            if (tunnel != Tunnel.Qstp) hub.RequireAuthorization();
        },
        tunnel,
        services: services =>
        {
            services.AddSingleton(watch).AddAuthorization().AddAuthentication(PosternPeerDefaults.AuthenticationScheme).AddPosternPeer();
            services.AddSignalR();
        });

    private static HubConnection Connect(TestApplication application, int port, HttpTransportType transport)
    {
        HttpMessageInvoker invoker = new(application.CreateHandler());
        return new HubConnectionBuilder().WithUrl(new Uri($"http://127.0.0.1:{port}/hub"), transport, options =>
        {
            options.HttpMessageHandlerFactory = _ => application.CreateHandler();
            options.WebSocketFactory = async (context, cancellationToken) =>
            {
                ClientWebSocket socket = new();
                await socket.ConnectAsync(context.Uri, invoker, cancellationToken);
                return socket;
            };
        }).Build();
    }
}
