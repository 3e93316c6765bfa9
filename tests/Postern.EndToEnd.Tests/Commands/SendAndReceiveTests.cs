using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Postern.Cli.Commands.Transfers;
using Postern.Cli.Commands.Tunnels;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary>Two processes, a file, and what can happen between them.</summary>
public class SendAndReceiveTests
{
    private const string Name = "disk.img";

    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 1);

    [Fact]
    public async Task A_file_goes_from_one_peer_to_the_other_and_both_end()
    {
        using TestFolder folder = new();
        byte[] content = Wire.Random(3_000_000);
        string file = folder.Write(Name, content);
        await using PosternProcess receive = Receive(folder);
        await using PosternProcess send = Send(file, await receive.ListeningAsync(), "--json");
        using JsonDocument report = JsonDocument.Parse(await send.ExchangeAsync([]));
        Assert.Equal(0, await send.ExitAsync());
        Assert.Equal(Path.Combine(folder["in"], Name), Encoding.UTF8.GetString(await receive.ExchangeAsync([])).Trim());
        Assert.Equal(0, await receive.ExitAsync());
        Assert.Equal(content, await File.ReadAllBytesAsync(folder[$"in/{Name}"]));
        JsonElement root = report.RootElement;
        Assert.Equal(Name, root.GetProperty("name").GetString());
        Assert.Equal(3_000_000, root.GetProperty("bytes").GetInt64());
        Assert.Equal(0, root.GetProperty("resumedFrom").GetInt64());
        Assert.InRange(root.GetProperty("seconds").GetDouble(), 0.001, 100);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), root.GetProperty("sha256").GetString());
        Assert.Equal(PeerKeys.Bob.Public.KeyIdentity, root.GetProperty("peer").GetProperty("name").GetString());
        Assert.Contains($"From {PeerKeys.Alice.Public.KeyIdentity}", receive.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_kill_in_the_middle_the_rest_is_sent(bool receiverDies)
    {
        using TestFolder folder = new();
        byte[] content = Wire.Random(12_000_000);
        string file = folder.Write(Name, content);
        await using PosternProcess receive = Receive(folder);
        await using (StallingProxy path = new(await receive.ListeningAsync(), 6_000_000))
        {
            await using PosternProcess send = Send(file, path.EndPoint);
            await path.StalledAsync();
            await Until.StillAsync(() => PartOf(folder));
            (receiverDies ? receive : send).Kill();
            if (receiverDies)
            {
                Assert.NotEqual(0, await receive.ExitAsync());
                await path.DisposeAsync();
                Assert.Equal(3, await send.ExitAsync());
                Assert.Contains("The same command goes on where it broke off", send.Errors, StringComparison.Ordinal);
            }
        }

        long there = PartOf(folder);
        Assert.InRange(there, 5_000_000, 6_000_000);
        Assert.False(File.Exists(folder[$"in/{Name}"]));
        if (!receiverDies) await Until.TrueAsync(() => receive.Errors.Contains("broke off", StringComparison.Ordinal), "the receiver notices");

        // A receiver whose sender vanished waits for the rest.
        await using PosternProcess? restarted = receiverDies ? Receive(folder) : null;
        PosternProcess again = restarted ?? receive;
        await using PosternProcess rest = Send(file, await again.ListeningAsync(), "--json");
        using JsonDocument report = JsonDocument.Parse(await rest.ExchangeAsync([]));
        Assert.Equal(0, await rest.ExitAsync());
        Assert.Equal(0, await again.ExitAsync());
        Assert.Equal(there, report.RootElement.GetProperty("resumedFrom").GetInt64());
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await File.ReadAllBytesAsync(folder[$"in/{Name}"])));
        Assert.Single(Directory.GetFiles(folder["in"]));
    }

    [Fact]
    public async Task With_retry_the_sender_connects_again_by_itself()
    {
        using TestFolder folder = new();
        byte[] content = Wire.Random(2_000_000);
        string file = folder.Write(Name, content);
        await using StallingProxy path = new(Nowhere, 0);
        EndPoint endPoint = path.EndPoint;
        await using PosternProcess send = Send(file, endPoint, "--retry", "8", "--json");
        await Until.TrueAsync(() => send.Errors.Contains("Trying again in", StringComparison.Ordinal), "the first attempt fails");
        await path.DisposeAsync();
        await using PosternProcess receive = Receive(folder, "--listen", $"{endPoint}");
        Assert.Equal(0, await send.ExitAsync());
        Assert.Equal(0, await receive.ExitAsync());
        Assert.Equal(content, await File.ReadAllBytesAsync(folder[$"in/{Name}"]));
    }

    [Fact]
    public async Task An_interrupted_receiver_says_how_to_go_on()
    {
        using TestFolder folder = new();
        string file = folder.Write(Name, Wire.Random(4_000_000));
        await using PosternProcess receive = Receive(folder, "--drain-timeout", "0.1");
        await using StallingProxy path = new(await receive.ListeningAsync(), 2_000_000);
        await using PosternProcess send = Send(file, path.EndPoint);
        await path.StalledAsync();
        await Until.StillAsync(() => PartOf(folder));
        receive.Terminate();
        Assert.Equal(130, await receive.ExitAsync());
        Assert.Contains("What has arrived, if anything, stays", receive.Errors, StringComparison.Ordinal);
        Assert.InRange(PartOf(folder), 1_000_000, 2_000_000);
    }

    [Fact]
    public async Task An_interrupted_sender_says_how_to_go_on()
    {
        using TestFolder folder = new();
        string file = folder.Write(Name, Wire.Random(4_000_000));
        await using PosternProcess receive = Receive(folder);
        await using StallingProxy path = new(await receive.ListeningAsync(), 2_000_000);
        await using PosternProcess send = Send(file, path.EndPoint);
        await path.StalledAsync();
        send.Terminate();
        Assert.Equal(130, await send.ExitAsync());
        Assert.Contains("Interrupted. The same command goes on", send.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_that_name_ends_both_sides_in_error()
    {
        using TestFolder folder = new();
        string file = folder.Write(Name, Wire.Random(1000));
        Directory.CreateDirectory(folder["in"]);
        folder.Write($"in/{Name}", [1]);
        await using PosternProcess receive = Receive(folder);
        await using PosternProcess send = Send(file, await receive.ListeningAsync());
        Assert.Equal(3, await send.ExitAsync());
        Assert.Equal(4, await receive.ExitAsync());
        Assert.Contains($"The peer gave up: The receiver has another file called {Name}", send.Errors, StringComparison.Ordinal);

        await using PosternProcess willing = Receive(folder, "--force");
        await using PosternProcess second = Send(file, await willing.ListeningAsync());
        Assert.Equal(0, await second.ExitAsync());
        Assert.Equal(0, await willing.ExitAsync());
        Assert.Equal(1000, new FileInfo(folder[$"in/{Name}"]).Length);
    }

    [Fact]
    public async Task With_keep_it_receives_from_many_at_once_until_a_signal()
    {
        using TestFolder folder = new();
        await using PosternProcess receive = Receive(folder, "--keep", "--max-size", "2M");
        IPEndPoint endPoint = await receive.ListeningAsync();
        await using (StallingProxy path = new(endPoint, 500_000))
        {
            await using PosternProcess slow = Send(folder.Write("slow", Wire.Random(1_000_000)), path.EndPoint);
            await path.StalledAsync();
            await using PosternProcess second = Send(folder.Write("second", Wire.Random(1_000_000, seed: 2)), endPoint, "--name", "other name");
            Assert.Equal(0, await second.ExitAsync());
            await using PosternProcess same = Send(folder["slow"], endPoint);
            Assert.Equal(3, await same.ExitAsync());
            Assert.Contains("The same file is being received already", same.Errors, StringComparison.Ordinal);
            await using PosternProcess large = Send(folder.Write("large", new byte[(2 << 20) + 1]), endPoint);
            Assert.Equal(3, await large.ExitAsync());
        }

        receive.Terminate();
        Assert.Equal(0, await receive.ExitAsync());
        Assert.Equal(1_000_000, new FileInfo(folder["in/other name"]).Length);
        Assert.Equal(2, Directory.GetFiles(folder["in"]).Length);
    }

    [Fact]
    public async Task Whom_the_receiver_does_not_trust_sends_nothing()
    {
        using TestFolder folder = new();
        string file = folder.Write(Name, Wire.Random(1000));
        await using PosternProcess receive = Receive(folder);
        await using PosternProcess send = PosternProcess.Run(
            "send", file, $"{await receive.ListeningAsync()}", "--key", PeerKeys.Eve.PrivateFile, "--peer-key", PeerKeys.Bob.PublicFile);
        Assert.Equal(3, await send.ExitAsync());
        Assert.Empty(Directory.GetFiles(folder["in"]));
    }

    [Fact]
    public async Task Nobody_trusted_is_said_at_the_start()
    {
        using TestFolder folder = new();
        CommandResult result = await CommandHost.Run(
            "receive", "--key", PeerKeys.Bob.PrivateFile, "--trust", folder.Root, "--listen", "127.0.0.1:0");
        Assert.Contains("Nobody is trusted", result.Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_files_own_mistakes_are_told_before_anyone_is_asked()
    {
        using TestFolder folder = new();
        string[] rest = ["127.0.0.1:1", "--key", PeerKeys.Alice.PrivateFile, "--peer-key", PeerKeys.Bob.PublicFile];
        Assert.Contains("there is no such file", (await CommandHost.Run(["send", folder["missing"], .. rest])).Expect(4).Error, StringComparison.Ordinal);
        Assert.Contains("is a folder", (await CommandHost.Run(["send", folder.Root, .. rest])).Expect(4).Error, StringComparison.Ordinal);
        string hidden = folder.Write(".hidden", [1]);
        Assert.Contains("Choose another with --name", (await CommandHost.Run(["send", hidden, .. rest])).Expect(2).Error, StringComparison.Ordinal);
        (await CommandHost.Run(["send", hidden, .. rest, "--name", "visible"])).Expect(3);
        (await CommandHost.Run(["send", hidden, .. rest, "--retry", "x"])).Expect(2);
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("1000", 1000L)]
    [InlineData("500M", 500L << 20)]
    [InlineData("2g", 2L << 30)]
    [InlineData("8388607T", 8_388_607L << 40)]
    [InlineData("8388608T", null)]
    [InlineData("", null)]
    [InlineData("G", null)]
    [InlineData("-1", null)]
    [InlineData("1.5G", null)]
    public void Sizes_have_units(string text, long? size) => Assert.Equal(size, SizeOption.Parse(text));

    private static long PartOf(TestFolder folder) =>
        Directory.Exists(folder["in"]) ? Directory.GetFiles(folder["in"], $".{Name}.*.part").Sum(path => new FileInfo(path).Length) : 0;

    private static PosternProcess Receive(TestFolder folder, params IEnumerable<string> more)
    {
        string[] options = [.. more];
        string[] listen = options.Contains("--listen", StringComparer.Ordinal) ? [] : ["--listen", "127.0.0.1:0"];
        return PosternProcess.Start(
            ["receive", "--key", PeerKeys.Bob.PrivateFile, "--trust", PeerKeys.Alice.PublicFile, "--out", folder["in"], .. listen, .. options]);
    }

    private static PosternProcess Send(string file, EndPoint endPoint, params IEnumerable<string> more) => PosternProcess.Run(
        ["send", file, $"{endPoint}", "--key", PeerKeys.Alice.PrivateFile, "--peer-key", PeerKeys.Bob.PublicFile, .. more]);
}
