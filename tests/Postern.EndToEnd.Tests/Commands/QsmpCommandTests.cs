using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;
using Postern.Qsmp;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary><c>message</c>, <c>peer</c>, <c>status</c> and <c>--protocol</c>, as processes of their own.</summary>
public sealed class QsmpCommandTests : IDisposable
{
    private readonly QsmpKeyFolder _keys = new();

    public void Dispose() => _keys.Dispose();

    [Theory]
    [InlineData("simplex")]
    [InlineData("duplex")]
    public async Task Forward_and_expose_lead_through_any_protocol(string protocol)
    {
        byte[] request = Wire.Random(1 << 20);
        await using PlainServer target = new(PlainServer.EchoAtEndAsync);
        await using PosternProcess expose = PosternProcess.Start(
            ["expose", "--to", $"{target.EndPoint}", "--listen", "127.0.0.1:0", .. Server(protocol)]);
        await using PosternProcess forward = PosternProcess.Start(
            ["forward", "--listen", "127.0.0.1:0", "--server", $"{await expose.ListeningAsync()}", .. Client(protocol)]);
        Assert.Equal(request, await Wire.ExchangeAsync(await forward.ListeningAsync(), request));
    }

    [Fact]
    public async Task Message_serve_echoes_bulk_data_with_ratchets_on_the_way()
    {
        byte[] data = Wire.Random(2 << 20);
        await using PosternProcess serve = PosternProcess.Start(
            "message", "serve", "--echo", "--listen", "127.0.0.1:0", "--key", _keys.ServerKey, "--ratchet-after", "100000", "--verbose");
        await using PosternProcess connect = PosternProcess.Run(
            "message", "connect", $"{await serve.ListeningAsync()}", "--peer-key", _keys.ServerPublic, "--ratchet-every", "5", "--allow-client-ratchet");
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(await connect.ExchangeAsync(data)));
        Assert.Equal(ExitCode.Success, await connect.ExitAsync());
        await Until.TrueAsync(() => serve.Errors.Contains("replaced by this side", StringComparison.Ordinal), "a ratchet is logged");
    }

    [Fact]
    public async Task Peers_exchange_bulk_data_with_asymmetric_ratchets_from_both_sides()
    {
        byte[] data = Wire.Random(4 << 20);
        string[] ratchets = ["--ratchet-asymmetric", "--ratchet-after", "200000"];
        await using PosternProcess listen = PosternProcess.Start(
            ["peer", "listen", "--echo", "--listen", "127.0.0.1:0", "--key", _keys.AliceKey, "--trust", _keys.BobPublic, "--verbose", .. ratchets]);
        await using PosternProcess dial = PosternProcess.Run(
            ["peer", "dial", $"{await listen.ListeningAsync()}", "--key", _keys.BobKey, "--peer-key", _keys.AlicePublic, .. ratchets]);
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(await dial.ExchangeAsync(data)));
        Assert.Equal(ExitCode.Success, await dial.ExitAsync());
        await Until.TrueAsync(() => listen.Errors.Contains("replaced by", StringComparison.Ordinal), "a ratchet is logged");
    }

    [Fact]
    public async Task A_peer_that_is_not_trusted_gets_nowhere()
    {
        await using PosternProcess listen = PosternProcess.Start(
            "peer", "listen", "--echo", "--listen", "127.0.0.1:0", "--key", _keys.AliceKey, "--trust", _keys.AlicePublic);
        await using PosternProcess dial = PosternProcess.Run(
            "peer", "dial", $"{await listen.ListeningAsync()}", "--key", _keys.BobKey, "--peer-key", _keys.AlicePublic);
        Assert.Empty(await dial.ExchangeAsync("hello"u8.ToArray()));
        Assert.Equal(ExitCode.Channel, await dial.ExitAsync());
        Assert.Contains("does not trust ours", dial.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listening_once_is_a_pipe_and_frees_the_port()
    {
        byte[] there = Wire.Random(300_000);
        byte[] back = Wire.Random(200_000, seed: 9);
        await using PosternProcess listen = PosternProcess.Start(
            "peer", "listen", "--once", "--listen", "127.0.0.1:0", "--key", _keys.AliceKey, "--trust", _keys.BobPublic);
        Task<byte[]> heard = listen.ExchangeAsync(back);
        IPEndPoint endPoint = await listen.ListeningAsync();
        await using PosternProcess pipe = PosternProcess.Run("peer", "dial", $"{endPoint}", "--key", _keys.BobKey, "--peer-key", _keys.AlicePublic);
        Assert.Equal(back, await pipe.ExchangeAsync(there));
        Assert.Equal(there, await heard.WaitAsync(Wire.Limit));
        Assert.Equal(ExitCode.Success, await listen.ExitAsync());
        using TcpListener again = new(endPoint);
        again.Start();
    }

    [Fact]
    public async Task What_a_pipe_still_has_is_sent_after_the_other_side_has_said_all()
    {
        using QsmpPrivateKey alice = QsmpPrivateKey.Parse(await File.ReadAllBytesAsync(_keys.AliceKey));
        QsmpDuplexListenOptions options = new() { Keys = [alice], TrustedKeys = TrustedKeys.Of(QsmpPublicKey.Parse(await File.ReadAllBytesAsync(_keys.BobPublic))) };
        TaskCompletionSource saidAll = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using MemoryStream heard = new();
        await using QsmpDuplexListener listener = QsmpDuplexPeer.Listen(new IPEndPoint(IPAddress.Loopback, 0), options, async (channel, stop) =>
        {
            await channel.SendAsync("all"u8.ToArray(), stop);
            await channel.CompleteAsync(stop);
            saidAll.SetResult();
            await channel.AsStream().CopyToAsync(heard, stop);
        });
        await using PosternProcess pipe = PosternProcess.Run("peer", "dial", $"{listener.LocalEndPoint}", "--key", _keys.BobKey, "--peer-key", _keys.AlicePublic);
        await saidAll.Task.WaitAsync(Wire.Limit);
        byte[] all = new byte[3];
        await pipe.Output.ReadExactlyAsync(all).AsTask().WaitAsync(Wire.Limit);
        byte[] there = Wire.Random(1_000_000);
        await pipe.ExchangeAsync(there);
        Assert.Equal(ExitCode.Success, await pipe.ExitAsync());
        Assert.True(await listener.DrainAsync());
        Assert.Equal(there, heard.ToArray());
    }

    [Fact]
    public async Task Chat_shows_who_says_what_and_sends_lines_to_everyone()
    {
        await using PosternProcess room = PosternProcess.Start(
            "message", "serve", "--listen", "127.0.0.1:0", "--key", _keys.ServerKey);
        IPEndPoint endPoint = await room.ListeningAsync();
        await using PosternProcess first = PosternProcess.Run("message", "connect", $"{endPoint}", "--peer-key", _keys.ServerPublic);
        await first.Input.WriteAsync("one\n"u8.ToArray());
        await first.Input.FlushAsync();
        using StreamReader said = new(room.Output);
        Assert.Equal("client 1: one", await said.ReadLineAsync().WaitAsync(Wire.Limit));
        await using PosternProcess second = PosternProcess.Run("message", "connect", $"{endPoint}", "--peer-key", _keys.ServerPublic);
        await second.Input.WriteAsync("two\n"u8.ToArray());
        await second.Input.FlushAsync();
        Assert.Equal("client 2: two", await said.ReadLineAsync().WaitAsync(Wire.Limit));
        await room.Input.WriteAsync("to all\n"u8.ToArray());
        await room.Input.FlushAsync();
        foreach (PosternProcess client in (PosternProcess[])[first, second])
        {
            byte[] line = new byte[7];
            await client.Output.ReadExactlyAsync(line).AsTask().WaitAsync(Wire.Limit);
            Assert.Equal("to all\n", Encoding.UTF8.GetString(line));
        }
    }

    [Fact]
    public async Task Status_shows_the_channels_of_a_running_process()
    {
        await using PosternProcess listen = PosternProcess.Start(
            "peer", "listen", "--echo", "--listen", "127.0.0.1:0", "--key", _keys.AliceKey, "--trust", _keys.BobPublic);
        await using PosternProcess dial = PosternProcess.Run(
            "peer", "dial", $"{await listen.ListeningAsync()}", "--key", _keys.BobKey, "--peer-key", _keys.AlicePublic);
        await dial.Input.WriteAsync("hello"u8.ToArray());
        await dial.Input.FlushAsync();
        await dial.Output.ReadExactlyAsync(new byte[5]).AsTask().WaitAsync(Wire.Limit);
        await using PosternProcess status = PosternProcess.Run("status", "--json", "--pid", $"{listen.Id}");
        using JsonDocument report = JsonDocument.Parse(await status.ExchangeAsync([]));
        Assert.Equal(ExitCode.Success, await status.ExitAsync());
        JsonElement process = Assert.Single(report.RootElement.EnumerateArray());
        Assert.Equal("peer listen", process.GetProperty("command").GetString());
        JsonElement channel = Assert.Single(process.GetProperty("channels").EnumerateArray());
        Assert.Equal(5, channel.GetProperty("bytesReceived").GetInt64());
        Assert.Equal(0, channel.GetProperty("epoch").GetInt64());
        Assert.Equal(32, channel.GetProperty("peer").GetString()!.Length);
    }

    [Fact]
    public async Task A_client_that_reconnects_says_what_may_be_lost_and_goes_on()
    {
        PosternProcess first = Serve("127.0.0.1:0");
        IPEndPoint endPoint = await first.ListeningAsync();
        await using PosternProcess client = PosternProcess.Run(
            "message", "connect", $"{endPoint}", "--peer-key", _keys.ServerPublic, "--reconnect");
        using StreamReader heard = new(client.Output);
        await SayAsync("before");
        Assert.Equal("before", await heard.ReadLineAsync().WaitAsync(Wire.Limit));
        first.Kill();
        await first.DisposeAsync();
        await Until.TrueAsync(() => client.Errors.Contains("Trying again", StringComparison.Ordinal), "it tries again");
        await using PosternProcess second = Serve($"{endPoint}");
        await second.ListeningAsync();
        await SayAsync("after");
        Assert.Equal("after", await heard.ReadLineAsync().WaitAsync(Wire.Limit));
        Assert.Contains("Connected again", client.Errors, StringComparison.Ordinal);

        PosternProcess Serve(string listen) => PosternProcess.Start("message", "serve", "--echo", "--listen", listen, "--key", _keys.ServerKey);

        async Task SayAsync(string line)
        {
            await client.Input.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
            await client.Input.FlushAsync();
        }
    }

    [Theory]
    [InlineData("--protocol simplex needs --peer-key", "--protocol", "simplex")]
    [InlineData("--protocol duplex needs --key", "--protocol", "duplex", "--peer-key", "x")]
    [InlineData("--protocol qstp needs --root")]
    [InlineData("--root means nothing with --protocol simplex", "--protocol", "simplex", "--peer-key", "x", "--root", "y")]
    [InlineData("--ratchet-asymmetric means nothing with --protocol qstp", "--root", "x", "--cert", "y", "--ratchet-asymmetric")]
    [InlineData("--protocol is qstp, simplex or duplex, not 'tls'", "--protocol", "tls")]
    [InlineData("--ratchet-after needs --allow-client-ratchet", "--protocol", "simplex", "--peer-key", "x", "--ratchet-after", "9")]
    public async Task Forward_says_what_a_protocol_needs(string message, params string[] arguments)
    {
        CommandResult result = await CommandHost.Run(["forward", "--listen", "127.0.0.1:0", "--server", "127.0.0.1", .. arguments]);
        result.Expect(ExitCode.Usage);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_without_asymmetric_ratchets_are_refused_with_them()
    {
        using TestFolder folder = new();
        (await CommandHost.Run("key", "generate", "--mode", "duplex", "--name", "m", "--suite", "5", "--out", folder.Root, "--no-passphrase")).Expect(ExitCode.Success);
        string own = folder["m_secret_key.qskey"];
        string peer = folder["m_public_key.qpkey"];
        foreach (string[] command in (string[][])
            [["peer", "dial", "127.0.0.1:9", "--key", own, "--peer-key", peer], ["peer", "listen", "--listen", "127.0.0.1:0", "--key", own, "--trust", peer]])
        {
            CommandResult result = await CommandHost.Run([.. command, "--ratchet-asymmetric", "--ratchet-every", "5"]);
            result.Expect(ExitCode.Usage);
            Assert.Contains("too large for a packet", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Expired_keys_are_refused_before_anything_is_dialled()
    {
        using TestFolder folder = new();
        (await CommandHost.Run("key", "generate", "--mode", "duplex", "--name", "old", "--days", "1", "--out", folder.Root, "--no-passphrase")).Expect(ExitCode.Success);
        foreach ((string own, string peer) in ((string, string)[])
            [(folder["old_secret_key.qskey"], _keys.AlicePublic), (_keys.BobKey, folder["old_public_key.qpkey"])])
        {
            CommandResult result = await CommandHost.Run("peer", "dial", "127.0.0.1:9", "--key", own, "--peer-key", peer, "--clock-offset", "172800");
            result.Expect(ExitCode.Failed);
            Assert.Contains("expired on", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_of_the_other_mode_is_refused()
    {
        CommandResult result = await CommandHost.Run("message", "connect", "127.0.0.1", "--peer-key", _keys.AlicePublic);
        result.Expect(ExitCode.File);
        Assert.Contains("is a key for duplex, not for simplex", result.Error, StringComparison.Ordinal);
    }

    private string[] Server(string protocol) =>
        protocol == "duplex" ? _keys.Listener : ["--protocol", "simplex", "--key", _keys.ServerKey];

    private string[] Client(string protocol) =>
        protocol == "duplex" ? _keys.Sender : ["--protocol", "simplex", "--peer-key", _keys.ServerPublic];
}
