using System.Net;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

public class DaemonTests
{
    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 1);

    [Fact]
    public async Task It_says_where_it_listens_in_a_file_too_which_goes_when_it_stops()
    {
        await using PosternProcess forward = PosternProcess.Forward(Nowhere);
        IPEndPoint endPoint = await forward.ListeningAsync();
        Assert.NotEqual(0, endPoint.Port);
        Assert.Contains($"Listening on {endPoint}", forward.Errors, StringComparison.Ordinal);
        forward.Terminate();
        Assert.Equal(0, await forward.ExitAsync());
        Assert.False(File.Exists(forward.ReadyFile));
    }

    [Fact]
    public async Task An_exposer_says_where_it_leads()
    {
        await using PosternProcess expose = PosternProcess.Start(
            ["expose", "--to", "localhost:8000", "--listen", "127.0.0.1:0", .. PosternProcess.Server(TestKeys.Default)]);
        IPEndPoint endPoint = await expose.ListeningAsync();
        await Until.TrueAsync(() => expose.Errors.Contains($"Tunnels to {endPoint} lead to localhost:8000", StringComparison.Ordinal), "it says so");
    }

    [Fact]
    public async Task A_ready_file_that_a_crashed_run_left_goes_before_it_listens()
    {
        using TestFolder folder = new();
        string readyFile = folder.Write("ready", "127.0.0.1:1\n"u8);
        await using PlainServer other = new(PlainServer.EchoAsync);
        CommandResult result = await CommandHost.Run(
            ["serve", "--listen", $"{other.EndPoint}", "--ready-file", readyFile, .. PosternProcess.Server(TestKeys.Default)]);
        result.Expect(3);
        Assert.False(File.Exists(readyFile));
    }

    [Fact]
    public async Task Log_lines_can_be_JSON()
    {
        await using PosternProcess forward = PosternProcess.Forward(Nowhere, "--log-format", "json");
        IPEndPoint endPoint = await forward.ListeningAsync();
        Assert.Contains($"\"event\":200,\"category\":\"Postern.Forwarder\",\"message\":\"Listening on {endPoint}, forwarding to 127.0.0.1:1\"}}", forward.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_use_is_named()
    {
        await using PlainServer other = new(PlainServer.EchoAsync);
        string[] listen = ["--listen", $"{other.EndPoint}"];
        await using PosternProcess forward = PosternProcess.Run(["forward", .. listen, "--server", "localhost", .. PosternProcess.Client(TestKeys.Default)]);
        await using PosternProcess serve = PosternProcess.Run(["serve", .. listen, .. PosternProcess.Server(TestKeys.Default)]);
        foreach (PosternProcess process in (PosternProcess[])[forward, serve])
        {
            Assert.Equal(3, await process.ExitAsync());
            Assert.Contains($"Cannot listen on {other.EndPoint}: Address already in use. Choose another with --listen.", process.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_forwarder_refuses_other_machines_unless_they_are_meant()
    {
        string[] arguments = ["forward", "--listen", "0.0.0.0:0", "--server", "localhost", .. PosternProcess.Client(TestKeys.Default)];
        await using PosternProcess forward = PosternProcess.Run(arguments);
        Assert.Equal(2, await forward.ExitAsync());
        Assert.Contains("0.0.0.0 is not a loopback address: every machine that reaches it could use the tunnel", forward.Errors, StringComparison.Ordinal);

        await using PosternProcess meant = PosternProcess.Start([.. arguments, "--unsafe-listen"]);
        Assert.Equal(IPAddress.Any, (await meant.ListeningAsync()).Address);
    }

    [Fact]
    public async Task A_certificate_of_another_root_is_refused_before_anything_listens()
    {
        await using PosternProcess expose = PosternProcess.Run(
            "expose", "--to", "127.0.0.1:80", "--listen", "127.0.0.1:0", "--root", TestKeys.Other.RootFile,
            "--cert", TestKeys.Default.CertificateFile, "--key", TestKeys.Default.KeyFile);
        Assert.Equal(1, await expose.ExitAsync());
        Assert.Contains("was signed by the root", expose.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_serial_is_refused()
    {
        await using PosternProcess serve = PosternProcess.Serve("--deny", TestKeys.Default.Certificate.SerialNumber);
        Assert.Equal(1, await serve.ExitAsync());
        Assert.Contains("is on the deny list", serve.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_certificate_needs_its_key()
    {
        await using PosternProcess serve = PosternProcess.Serve("--cert", TestKeys.Other.CertificateFile);
        Assert.Equal(2, await serve.ExitAsync());
        Assert.Contains("Each --cert needs its --key", serve.Errors, StringComparison.Ordinal);
    }
}
