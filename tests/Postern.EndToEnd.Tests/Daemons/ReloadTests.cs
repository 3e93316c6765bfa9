using System.Net;
using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.EndToEnd.Tests.Daemons;

/// <summary>SIGHUP and SIGTERM, with connections that are open and connections that come.</summary>
public sealed class ReloadTests : IDisposable
{
    private const string Done = "New connections go by what was read now";

    private static readonly QstpClientOptions Patient = new() { HandshakeTimeout = Wire.Limit };

    private readonly TestFolder _folder = new();

    public ReloadTests() => Install(TestKeys.Default);

    private string[] Server => ["--root", TestKeys.Default.RootFile, "--cert", _folder["server.qrc"], "--key", _folder["server.qsk"]];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task New_connections_get_the_new_certificate_and_open_ones_go_on()
    {
        await using PosternProcess serve = Serve();
        IPEndPoint endPoint = await serve.ListeningAsync();
        await using SecureChannel old = await ConnectAsync(endPoint, TestKeys.Default);
        Install(TestKeys.Renewed);
        await ReloadAsync(serve, 1);
        await EchoAsync(old);
        await using SecureChannel renewed = await ConnectAsync(endPoint, TestKeys.Renewed);
        await EchoAsync(renewed);
        await Assert.ThrowsAsync<ChannelException>(() => ConnectAsync(endPoint, TestKeys.Default));
        await EchoAsync(old);
    }

    [Fact]
    public async Task Reload_under_load_disturbs_no_connection()
    {
        await using PosternProcess serve = Serve("--cert", TestKeys.Renewed.CertificateFile, "--key", TestKeys.Renewed.KeyFile);
        IPEndPoint endPoint = await serve.ListeningAsync();
        using CancellationTokenSource enough = new();
        int connections = 0;
        Task[] load = [.. Enumerable.Range(0, 8).Select(i => Task.Run(LoadAsync))];
        for (int i = 1; i <= 5; i++)
        {
            int before = Volatile.Read(ref connections);
            await ReloadAsync(serve, i);
            await Until.TrueAsync(() => Volatile.Read(ref connections) > before + 8, "connections come");
        }

        await enough.CancelAsync();
        await Task.WhenAll(load);
        Assert.DoesNotContain("ended:", serve.Errors, StringComparison.Ordinal);

        async Task LoadAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                await using SecureChannel channel = await ConnectAsync(endPoint, Interlocked.Increment(ref connections) % 2 == 0 ? TestKeys.Default : TestKeys.Renewed);
                for (int i = 0; i < 20; i++) await EchoAsync(channel);
                await channel.CloseAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task Reload_of_a_broken_certificate_changes_nothing_and_says_what_is_broken()
    {
        await using PosternProcess serve = Serve();
        IPEndPoint endPoint = await serve.ListeningAsync();
        await using SecureChannel old = await ConnectAsync(endPoint, TestKeys.Default);
        AtomicFile.WritePublic(_folder["server.qrc"], "no certificate"u8, overwrite: true);
        serve.Hangup();
        await serve.SaysAsync($"Nothing was changed, all goes on as before: {_folder["server.qrc"]}");
        await EchoAsync(old);
        await using (SecureChannel another = await ConnectAsync(endPoint, TestKeys.Default)) await EchoAsync(another);

        // A certificate whose key is another one.
        AtomicFile.WritePublic(_folder["server.qrc"], TestKeys.Renewed.Certificate.ToBytes(), overwrite: true);
        serve.Hangup();
        await serve.SaysAsync("Nothing was changed", 2);
        await using (SecureChannel another = await ConnectAsync(endPoint, TestKeys.Default)) await EchoAsync(another);
        Assert.DoesNotContain(Done, serve.Errors, StringComparison.Ordinal);

        Install(TestKeys.Renewed);
        await ReloadAsync(serve, 1);
        await using (SecureChannel another = await ConnectAsync(endPoint, TestKeys.Renewed)) await EchoAsync(another);
    }

    [Fact]
    public async Task A_forwarder_with_one_tunnel_for_all_dials_another_by_the_new_certificate()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        string[] both = ["--cert", TestKeys.Renewed.CertificateFile, "--key", TestKeys.Renewed.KeyFile];
        await using PosternProcess expose = PosternProcess.Expose(target.EndPoint, ["--multiplex", .. both]);
        await using PosternProcess forward = PosternProcess.Start(
            "forward", "--multiplex", "--listen", "127.0.0.1:0", "--server", $"{await expose.ListeningAsync()}", "--root", TestKeys.Default.RootFile, "--cert", _folder["server.qrc"]);
        IPEndPoint endPoint = await forward.ListeningAsync();
        using Socket old = await Wire.ConnectAsync(endPoint);
        await Wire.EchoAsync(old);
        Install(TestKeys.Renewed);
        await ReloadAsync(forward, 1);
        await forward.SaysAsync("is up", times: 2);
        using Socket renewed = await Wire.ConnectAsync(endPoint);
        await Wire.EchoAsync(renewed);
        await Wire.EchoAsync(old);
        old.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Wire.ReadToEndAsync(old));
        await Wire.EchoAsync(renewed);
    }

    [Fact]
    public async Task A_forwarder_dials_by_the_new_certificate()
    {
        using ServerIdentity first = TestKeys.Default.CreateIdentity();
        using ServerIdentity second = TestKeys.Renewed.CreateIdentity();
        await using QstpServer server = QstpServer.Start(
            new IPEndPoint(IPAddress.Loopback, 0), new QstpServerOptions { Identities = [first, second] }, Cli.Services.EchoService.RunAsync);
        await using PosternProcess forward = PosternProcess.Start(
            "forward", "--listen", "127.0.0.1:0", "--server", $"{server.LocalEndPoint}", "--root", TestKeys.Default.RootFile, "--cert", _folder["server.qrc"]);
        IPEndPoint endPoint = await forward.ListeningAsync();
        using Socket old = await Wire.ConnectAsync(endPoint);
        await Wire.EchoAsync(old);
        Install(TestKeys.Renewed);
        await ReloadAsync(forward, 1);
        using Socket renewed = await Wire.ConnectAsync(endPoint);
        await Wire.EchoAsync(renewed);
        await Wire.EchoAsync(old);
        Assert.Equal(
            new[] { first.Certificate.SerialNumber, second.Certificate.SerialNumber }.Order(StringComparer.Ordinal),
            server.GetChannels().Select(channel => channel.GetStatus().LocalName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Drain_under_load_lets_connections_end_and_ignores_SIGHUP()
    {
        await using PosternProcess serve = Serve("--drain-timeout", "30");
        IPEndPoint endPoint = await serve.ListeningAsync();
        SecureChannel[] channels = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ConnectAsync(endPoint, TestKeys.Default)));
        using CancellationTokenSource enough = new();
        Task[] load = [.. channels.Select(channel => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested) await EchoAsync(channel);
            await channel.DisposeAsync();
        }))];
        serve.Terminate();
        await serve.SaysAsync("Draining: no new connections, 12 go on");
        await Assert.ThrowsAsync<ChannelException>(() => ConnectAsync(endPoint, TestKeys.Default));
        Install(TestKeys.Renewed);
        serve.Hangup();
        await serve.SaysAsync("SIGHUP is ignored: this process is about to end");
        await enough.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal(0, await serve.ExitAsync());
        Assert.DoesNotContain(Done, serve.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_outlast_the_drain_are_cut_and_the_exit_code_says_so()
    {
        await using PosternProcess serve = Serve("--drain-timeout", "0.2");
        await using SecureChannel channel = await ConnectAsync(await serve.ListeningAsync(), TestKeys.Default);
        await EchoAsync(channel);
        serve.Terminate();
        Assert.Equal(130, await serve.ExitAsync());
    }

    private static async Task ReloadAsync(PosternProcess process, int times)
    {
        process.Hangup();
        await process.SaysAsync(Done, times);
    }

    private static Task<SecureChannel> ConnectAsync(IPEndPoint endPoint, TestKeys keys) =>
        QstpClient.ConnectAsync(endPoint, keys.Verified, Patient, TestContext.Current.CancellationToken);

    private static async Task EchoAsync(SecureChannel channel)
    {
        byte[] message = Wire.Random(1000);
        byte[] answer = new byte[1000];
        await channel.SendAsync(message, TestContext.Current.CancellationToken);
        Assert.Equal(1000, await channel.ReceiveAsync(answer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Wire.Limit));
        Assert.Equal(message, answer);
    }

    private void Install(TestKeys keys)
    {
        AtomicFile.WritePublic(_folder["server.qrc"], File.ReadAllBytes(keys.CertificateFile), overwrite: true);
        AtomicFile.WriteSecret(_folder["server.qsk"], File.ReadAllBytes(keys.KeyFile), overwrite: true);
    }

    private PosternProcess Serve(params IEnumerable<string> more) => PosternProcess.Start(["serve", "--listen", "127.0.0.1:0", .. Server, .. more]);
}
