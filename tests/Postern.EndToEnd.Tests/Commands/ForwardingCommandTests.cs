using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Postern.EndToEnd.Tests.Support;
using Postern.Storage;

namespace Postern.EndToEnd.Tests.Commands;

public class ForwardingCommandTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Two_hundred_requests_side_by_side_bring_the_file(string host)
    {
        IPAddress address = IPAddress.Parse(host);
        Assert.SkipUnless(address.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6, "This machine has no IPv6.");
        string folder = Directory.CreateTempSubdirectory("postern-www-").FullName;
        byte[] file = Wire.Random(200_000, seed: 3);
        AtomicFile.WritePublic(Path.Combine(folder, "file"), file);
        await using HttpTarget target = await HttpTarget.StartAsync(folder, address);
        await using PosternProcess expose = PosternProcess.Start(
            ["expose", "--to", $"{target.EndPoint}", "--listen", $"[{host}]:0".Replace("[127.0.0.1]", "127.0.0.1", StringComparison.Ordinal), .. PosternProcess.Server(TestKeys.Default)]);
        await using PosternProcess forward = PosternProcess.Start(
            ["forward", "--listen", $"{new IPEndPoint(address, 0)}", "--server", $"{await expose.ListeningAsync()}", .. PosternProcess.Client(TestKeys.Default)]);
        Uri uri = new($"http://{await forward.ListeningAsync()}/file");
        using SocketsHttpHandler handler = new() { MaxConnectionsPerServer = 32, PooledConnectionLifetime = TimeSpan.Zero };
        using HttpClient client = new(handler);
        byte[] expected = SHA256.HashData(file);
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) =>
            Assert.Equal(expected, SHA256.HashData(await client.GetByteArrayAsync(uri, CancellationToken.None))));
        Assert.DoesNotContain("warning", expose.Errors + forward.Errors, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Curl_fetches_through_the_tunnel()
    {
        byte[] file = Wire.Random(4 << 20, seed: 4);
        await using PlainServer target = new(socket => FileServer.ServeAsync(socket, file));
        await using PosternProcess expose = PosternProcess.Expose(target.EndPoint);
        await using PosternProcess forward = PosternProcess.Forward(await expose.ListeningAsync());
        ProcessStartInfo start = new("curl", ["--silent", "--fail", $"http://{await forward.ListeningAsync()}/"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        Process curl;
        try
        {
            curl = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("curl is not installed.");
            throw;
        }

        using MemoryStream answer = new();
        await curl.StandardOutput.BaseStream.CopyToAsync(answer).WaitAsync(Wire.Limit);
        await curl.WaitForExitAsync().WaitAsync(Wire.Limit);
        Assert.Equal(0, curl.ExitCode);
        Assert.Equal(SHA256.HashData(file), SHA256.HashData(answer.ToArray()));
        curl.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tunnel_that_is_killed_resets_both_plain_sides(bool killForward)
    {
        TaskCompletionSource<Exception?> seen = new();
        await using PlainServer target = new(async socket => seen.SetResult(await Record.ExceptionAsync(() => PlainServer.EchoAsync(socket))));
        await using PosternProcess expose = PosternProcess.Expose(target.EndPoint);
        await using PosternProcess forward = PosternProcess.Forward(await expose.ListeningAsync());
        using Socket client = await Wire.ConnectAsync(await forward.ListeningAsync());
        await client.SendAsync(new byte[10_000]);
        await Wire.ReadAsync(client, 10_000);
        (killForward ? forward : expose).Kill();
        await Wire.AssertResetAsync(client);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(await seen.Task.WaitAsync(Wire.Limit)).SocketErrorCode);
    }

    [Fact]
    public async Task A_transfer_of_which_the_tunnel_is_killed_does_not_look_complete()
    {
        await using PlainServer target = new(async socket =>
        {
            byte[] chunk = new byte[64 * 1024];
            while (true) await socket.SendAsync(chunk);
        });
        await using PosternProcess expose = PosternProcess.Expose(target.EndPoint);
        await using PosternProcess forward = PosternProcess.Forward(await expose.ListeningAsync());
        using Socket client = await Wire.ConnectAsync(await forward.ListeningAsync());
        await Wire.ReadAsync(client, 1 << 20);
        expose.Kill();
        await Wire.AssertResetAsync(client);
    }

    [Fact]
    public async Task On_SIGTERM_a_connection_may_end_and_the_exit_code_is_0()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using PosternProcess expose = PosternProcess.Expose(target.EndPoint, "--drain-timeout", "60");
        await using PosternProcess forward = PosternProcess.Forward(await expose.ListeningAsync(), "--drain-timeout", "60");
        IPEndPoint endPoint = await forward.ListeningAsync();
        using Socket client = await Wire.ConnectAsync(endPoint);
        await Wire.EchoAsync(client);
        forward.Terminate();
        expose.Terminate();
        await Until.TrueAsync(() => IsRefused(endPoint), "the listener closes");
        await Wire.EchoAsync(client);
        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Wire.ReadToEndAsync(client));
        Assert.Equal(0, await forward.ExitAsync());
        Assert.Equal(0, await expose.ExitAsync());
    }

    [Fact]
    public async Task On_SIGTERM_what_does_not_end_is_cut_and_the_exit_code_is_130()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using PosternProcess expose = PosternProcess.Expose(target.EndPoint, "--drain-timeout", "0.2");
        await using PosternProcess forward = PosternProcess.Forward(await expose.ListeningAsync());
        using Socket client = await Wire.ConnectAsync(await forward.ListeningAsync());
        await Wire.EchoAsync(client);
        expose.Terminate();
        Assert.Equal(130, await expose.ExitAsync());
        await Wire.AssertResetAsync(client);
    }

    [Fact]
    public async Task A_second_SIGTERM_cuts_at_once()
    {
        await using PlainServer target = new(PlainServer.EchoAsync);
        await using PosternProcess expose = PosternProcess.Expose(target.EndPoint, "--drain-timeout", "600");
        IPEndPoint endPoint = await expose.ListeningAsync();
        await using PosternProcess forward = PosternProcess.Forward(endPoint);
        using Socket client = await Wire.ConnectAsync(await forward.ListeningAsync());
        await Wire.EchoAsync(client);
        expose.Terminate();
        await Until.TrueAsync(() => expose.Errors.Contains("Draining", StringComparison.Ordinal), "it drains");
        expose.Terminate();
        Assert.Equal(130, await expose.ExitAsync());
    }

    private static bool IsRefused(IPEndPoint endPoint)
    {
        using Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endPoint);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
