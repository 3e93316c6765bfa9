using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Postern.Cli;
using Postern.Cli.Commands.Tunnels;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary><c>expose --multiplex</c> and what <c>forward</c> does with it.</summary>
public sealed class StreamForwardCommandTests
{
    [Fact]
    public async Task Curl_fetches_through_socks5_by_a_name_that_the_server_looks_up()
    {
        byte[] file = Wire.Random(4 << 20, seed: 5);
        await using PlainServer target = new(socket => FileServer.ServeAsync(socket, file));
        await using PosternProcess expose = PosternProcess.Start(
            ["expose", "--multiplex", "--allow-target", $"localhost:{target.EndPoint.Port}", "--listen", "127.0.0.1:0", .. PosternProcess.Server(TestKeys.Default)]);
        await using PosternProcess forward = PosternProcess.Start(
            ["forward", "--socks5", "0", "--server", $"{await expose.ListeningAsync()}", .. PosternProcess.Client(TestKeys.Default)]);
        IPEndPoint socks = await forward.ListeningAsync();
        (int code, byte[] answer) = await CurlAsync($"socks5h://{socks}", $"http://localhost:{target.EndPoint.Port}/");
        Assert.Equal(0, code);
        Assert.Equal(SHA256.HashData(file), SHA256.HashData(answer));

        // 97: the proxy refused.
        (code, _) = await CurlAsync($"socks5h://{socks}", "http://192.0.2.1/");
        Assert.Equal(97, code);
        Assert.Contains("rules do not allow 192.0.2.1:80", expose.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_and_remote_rules_share_a_tunnel_with_a_client_that_proves_itself()
    {
        await using PlainServer there = new(PlainServer.EchoAtEndAsync);
        await using PlainServer here = new(PlainServer.EchoAtEndAsync);
        using TestFolder folder = new();
        int remotePort = Wire.FreePort().Port;
        string local = folder["local.sock"];
        await using PosternProcess expose = PosternProcess.Start(
            [
                "expose", "--multiplex", "--to", $"{there.EndPoint}", "--allow-target", $"127.0.0.1:{there.EndPoint.Port}", "--allow-listen", $"localhost:{remotePort}",
                "--trust-client", PeerKeys.Alice.PublicFile, "--listen", "127.0.0.1:0", .. PosternProcess.Server(TestKeys.Default),
            ]);
        await using PosternProcess forward = PosternProcess.Start(
            [
                "forward", "--listen", "127.0.0.1:0", "-L", $"unix:{local}={there.EndPoint}", "-R", $"{remotePort}={here.EndPoint}",
                "--client-key", PeerKeys.Alice.PrivateFile, "--server", $"{await expose.ListeningAsync()}", .. PosternProcess.Client(TestKeys.Default),
            ]);
        Assert.Equal([1], await Wire.ExchangeAsync(await forward.ListeningAsync(), [1]));
        Assert.Equal([2], await Wire.ExchangeAsync(new IPEndPoint(IPAddress.Loopback, remotePort), [2]));
        using Socket plain = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await plain.ConnectAsync(new UnixDomainSocketEndPoint(local));
        await plain.SendAsync(new byte[] { 3 });
        plain.Shutdown(SocketShutdown.Send);
        Assert.Equal([3], await Wire.ReadToEndAsync(plain));
        Assert.Contains(PeerKeys.Alice.Public.KeyIdentity, expose.Errors, StringComparison.Ordinal);

        await using PosternProcess stranger = PosternProcess.Start(
            ["forward", "--listen", "127.0.0.1:0", "--client-key", PeerKeys.Eve.PrivateFile, "--server", $"{await expose.ListeningAsync()}", .. PosternProcess.Client(TestKeys.Default)]);
        await stranger.ListeningAsync();
        await stranger.SaysAsync("No tunnel");
        Assert.Contains($"The tunnel broke when we proved to be {PeerKeys.Eve.Public.KeyIdentity}", stranger.Errors, StringComparison.Ordinal);
        Assert.Contains("is trusted here", expose.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tunnel_is_up_when_its_server_has_greeted_and_not_before()
    {
        await using PlainServer target = new(async socket =>
        {
            await socket.SendAsync("220 hello\r\n"u8.ToArray());
            await Wire.ReadToEndAsync(socket);
        });
        await using PosternProcess expose = PosternProcess.Expose(target.EndPoint);
        await using PosternProcess forward = PosternProcess.Forward(await expose.ListeningAsync(), "--multiplex");
        await forward.SaysAsync("The next attempt is in", 2);
        Assert.DoesNotContain("is up", forward.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_simplex_client_proves_itself_for_the_servers_key()
    {
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        using QsmpKeyFolder keys = new();
        await using PosternProcess expose = PosternProcess.Start(
            ["expose", "--protocol", "simplex", "--multiplex", "--to", $"{target.EndPoint}", "--trust-client", PeerKeys.Alice.PublicFile, "--listen", "127.0.0.1:0", "--key", keys.ServerKey]);
        await using PosternProcess forward = PosternProcess.Start(
            ["forward", "--protocol", "simplex", "--listen", "127.0.0.1:0", "--client-key", PeerKeys.Alice.PrivateFile, "--server", $"{await expose.ListeningAsync()}", "--peer-key", keys.ServerPublic]);
        Assert.Equal([4], await Wire.ExchangeAsync(await forward.ListeningAsync(), [4]));
    }

    [Theory]
    [InlineData("--to is needed", "expose", "--root", "r", "--cert", "c", "--key", "k")]
    [InlineData("--allow-target needs --multiplex", "expose", "--to", "1", "--allow-target", "*:80", "--root", "r", "--cert", "c", "--key", "k")]
    [InlineData("names no port", "expose", "--multiplex", "--allow-target", "host", "--root", "r", "--cert", "c", "--key", "k")]
    [InlineData("--trust-client means nothing with --protocol duplex", "expose", "--multiplex", "--to", "1", "--protocol", "duplex", "--trust-client", "x", "--key", "k")]
    [InlineData("--allow-listen has addresses that other machines reach", "expose", "--multiplex", "--allow-listen", "0.0.0.0:9000", "--root", "r", "--cert", "c", "--key", "k")]
    [InlineData("--ui-listen 0.0.0.0 is no loopback address", "rds", "serve", "--ui-listen", "0.0.0.0:8081")]
    [InlineData("Nothing to listen on", "forward", "--server", "h", "--root", "r", "--cert", "c")]
    [InlineData("is no forwarding", "forward", "-L", "80", "--server", "h", "--root", "r", "--cert", "c")]
    [InlineData("not a loopback address", "forward", "-L", "0.0.0.0:80=h:1", "--server", "h", "--root", "r", "--cert", "c")]
    [InlineData("not a loopback address", "forward", "-D", "*:1080", "--server", "h", "--root", "r", "--cert", "c")]
    [InlineData("is no UNIX socket", "forward", "--listen", "unix:", "--server", "h", "--root", "r", "--cert", "c")]
    public async Task What_cannot_be_is_said(string message, params string[] arguments) =>
        Assert.Contains(message, (await CommandHost.Run(arguments)).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("5432=db:5433", "5432", "db:5433")]
    [InlineData("127.0.0.1:80=[::1]:81", "127.0.0.1:80", "[::1]:81")]
    [InlineData("unix:/a=unix:/b", "unix:/a", "/b")]
    [InlineData("8080:web:80", "8080", "web:80")]
    [InlineData("[::1]:8080:[2001:db8::1]:80", "[::1]:8080", "[2001:db8::1]:80")]
    public void Rules_are_read_in_both_forms(string text, string listen, string target)
    {
        ForwardRule rule = ForwardRule.Parse(text);
        Assert.Equal(listen, rule.Listen);
        Assert.EndsWith(target, $"{rule.Target}", StringComparison.Ordinal);
    }

    private static async Task<(int Code, byte[] Answer)> CurlAsync(string proxy, string address)
    {
        ProcessStartInfo start = new("curl", ["--silent", "--fail", "--max-time", "30", "--proxy", proxy, address]) { UseShellExecute = false, RedirectStandardOutput = true };
        try
        {
            using Process curl = Process.Start(start)!;
            using MemoryStream answer = new();
            await curl.StandardOutput.BaseStream.CopyToAsync(answer).WaitAsync(Wire.Limit);
            await curl.WaitForExitAsync().WaitAsync(Wire.Limit);
            return (curl.ExitCode, answer.ToArray());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("curl is not installed.");
            throw;
        }
    }
}
