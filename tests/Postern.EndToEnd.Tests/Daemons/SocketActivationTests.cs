using System.Net;
using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;

namespace Postern.EndToEnd.Tests.Daemons;

/// <summary>Sockets that systemd has bound: its own launcher hands them over.</summary>
public class SocketActivationTests
{
    private const string Launcher = "systemd-socket-activate";

    [Fact]
    public async Task A_server_listens_on_the_socket_that_it_was_handed()
    {
        IPEndPoint endPoint = Wire.FreePort();
        await using PosternProcess serve = Launch(endPoint, null, ["serve", "--listen", "127.0.0.1:1", .. PosternProcess.Server(TestKeys.Default)]);
        using Socket wake = await ConnectAsync(endPoint);
        await using SecureChannel channel = await QstpClient.ConnectAsync(endPoint, TestKeys.Default.Verified, new QstpClientOptions { HandshakeTimeout = Wire.Limit }, TestContext.Current.CancellationToken);
        await channel.SendAsync("Anybody?"u8.ToArray(), TestContext.Current.CancellationToken);
        byte[] answer = new byte[8];
        Assert.Equal(8, await channel.ReceiveAsync(answer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Wire.Limit));
        Assert.Equal("Anybody?"u8.ToArray(), answer);
        Assert.Contains($"Listening on {endPoint}", serve.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forwarder_that_is_handed_an_address_of_other_machines_refuses_it()
    {
        IPEndPoint endPoint = Wire.FreePort();
        await using PosternProcess forward = Launch(new IPEndPoint(IPAddress.Any, endPoint.Port), null, ["forward", "--server", "localhost:1", .. PosternProcess.Client(TestKeys.Default)]);
        using Socket wake = await ConnectAsync(endPoint);
        Assert.Equal(2, await forward.ExitAsync());
        Assert.Contains("0.0.0.0 is not a loopback address", forward.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_for_each_connection_would_get_the_socket_too()
    {
        IPEndPoint endPoint = Wire.FreePort();
        await using PosternProcess serve = Launch(endPoint, null, ["serve", "--exec", "cat", .. PosternProcess.Server(TestKeys.Default)]);
        using Socket wake = await ConnectAsync(endPoint);
        Assert.Equal(2, await serve.ExitAsync());
        Assert.Contains("--exec and sockets from the service manager do not go together", serve.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_sockets_need_names_of_their_own()
    {
        IPEndPoint endPoint = Wire.FreePort();
        await using PosternProcess forward = Launch(endPoint, "listen:listen", ["forward", "--server", "localhost:1", .. PosternProcess.Client(TestKeys.Default)], sockets: 2);
        using Socket wake = await ConnectAsync(endPoint);
        Assert.Equal(2, await forward.ExitAsync());
        Assert.Contains("two of the sockets are called 'listen'", forward.Errors, StringComparison.Ordinal);
    }

    // It binds, waits for a connection, and becomes the command.
    private static PosternProcess Launch(IPEndPoint endPoint, string? names, string[] arguments, int sockets = 1)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, Launcher)))) Assert.Skip($"{Launcher} (systemd) is not installed.");
        string[] more = sockets == 2 ? ["-l", $"{new IPEndPoint(IPAddress.IPv6Loopback, endPoint.Port)}"] : [];
        return PosternProcess.Launch([Launcher, "-l", $"{endPoint}", .. more, .. names is null ? (string[])[] : [$"--fdname={names}"]], arguments);
    }

    // Until it is bound.
    private static async Task<Socket> ConnectAsync(IPEndPoint endPoint)
    {
        using CancellationTokenSource limit = new(Wire.Limit);
        while (true)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(endPoint, limit.Token);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(20, limit.Token);
            }
        }
    }
}
