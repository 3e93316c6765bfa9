using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Postern.AspNetCore.Tests.Support;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.AspNetCore.Tests;

/// <summary>What HttpClient does when the server, or someone on the way, is not who it should be.</summary>
public sealed class ClientAttackTests
{
    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_redirect_elsewhere_never_leaves_the_tunnel(string scheme)
    {
        using TcpListener elsewhere = new(IPAddress.Loopback, 0);
        elsewhere.Start();
        Task<byte[]> seen = ReadAllAsync(elsewhere);
        string address = $"{scheme}://127.0.0.1:{((IPEndPoint)elsewhere.LocalEndpoint).Port}/secret";
        await using TestApplication application = await TestApplication.StartAsync(app => app.Run(context =>
        {
            context.Response.Redirect(address, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        }));
        using HttpClient client = application.CreateClient();
        client.DefaultRequestHeaders.Add("X-Secret", "the word");
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(application.Address()));
        Assert.IsType<ChannelException>(refused.InnerException);
        AssertIsHandshake(await seen.WaitAsync(TestApplication.HangGuard));
    }

    [Fact]
    public async Task A_proxy_that_is_set_afterwards_gets_no_request()
    {
        using TcpListener proxy = new(IPAddress.Loopback, 0);
        proxy.Start();
        Task<byte[]> seen = ReadAllAsync(proxy);
        SocketsHttpHandler handler = new SocketsHttpHandler().UseQstp(TestIdentities.Verified);
        handler.Proxy = new WebProxy($"http://127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}");
        handler.UseProxy = true;
        using HttpClient client = new(handler) { Timeout = TestApplication.HangGuard };
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("http://example.org/secret")));
        AssertIsHandshake(await seen.WaitAsync(TestApplication.HangGuard));
    }

    [Fact]
    public async Task One_handler_tells_hosts_apart_and_talks_to_its_server_only()
    {
        await using TestApplication first = await TestApplication.StartAsync(app => app.Run(context => context.Response.WriteAsync($"first {context.Request.Host.Port}")));
        await using TestApplication second = await TestApplication.StartAsync(app => app.Run(context => context.Response.WriteAsync($"second {context.Request.Host.Port}")));
        await using QstpServer stranger = StartStranger();
        using HttpClient client = first.CreateClient();
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal($"first {first.EndPoint.Port}", await client.GetStringAsync(first.Address()));
            Assert.Equal($"second {second.EndPoint.Port}", await client.GetStringAsync(second.Address()));
        }

        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetStringAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)stranger.LocalEndPoint).Port}/")));
        Assert.IsType<ChannelException>(refused.InnerException);
    }

    [Fact]
    public async Task A_request_that_is_cancelled_in_the_handshake_leaves_no_connection()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using HttpClient client = new(new SocketsHttpHandler().UseQstp(TestIdentities.Verified, new QstpClientOptions { HandshakeTimeout = TimeSpan.FromDays(1) }));
        using CancellationTokenSource cancellation = new();
        Task<string> request = client.GetStringAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/"), cancellation.Token);
        Task<byte[]> seen = ReadAllAsync(silent, ends: false);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        AssertIsHandshake(await seen.WaitAsync(TestApplication.HangGuard));
    }

    private static QstpServer StartStranger()
    {
        Suite suite = QstpSuites.DilithiumS1KyberS1;
        using RootKey rootKey = RootKey.Generate(suite, "another root", TimeSpan.FromDays(30));
        ServerKey serverKey = ServerKey.Generate(suite, "another server", TimeSpan.FromDays(30));
        ServerIdentity identity = ServerIdentity.Create(rootKey.CreateCertificate(), rootKey.SignCertificate(serverKey.CreateRequest()), serverKey);
        return QstpServer.Start(
            new IPEndPoint(IPAddress.Loopback, 0), new QstpServerOptions { Identities = [identity] }, (_, _) => Task.CompletedTask);
    }

    // To the end of the first connection. A tunnel's client waits for an answer; it may be told that there is none.
    private static async Task<byte[]> ReadAllAsync(TcpListener listener, bool ends = true)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        using MemoryStream seen = new();
        byte[] buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer) is > 0 and int size)
        {
            seen.Write(buffer, 0, size);
            if (ends && seen.Length >= 21) socket.Shutdown(SocketShutdown.Send);
        }

        return seen.ToArray();
    }

    private static void AssertIsHandshake(byte[] seen)
    {
        Assert.NotEmpty(seen);
        string text = Encoding.Latin1.GetString(seen);
        Assert.DoesNotContain("secret", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("HTTP", text, StringComparison.Ordinal);
    }
}
