using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;

namespace Postern.EndToEnd.Tests.Daemons;

/// <summary>What a daemon writes, whoever makes it write, and wherever that goes.</summary>
public sealed class LogTests
{
    [Theory]
    [InlineData("rcs-qmac", "can forge messages")]
    [InlineData("rcs-reduced-rounds", "weaker than the cipher")]
    public async Task A_weakened_cipher_is_said_at_the_start(string cipher, string message)
    {
        await using PosternProcess serve = PosternProcess.Serve("--cipher", cipher);
        await serve.ListeningAsync();
        Assert.Contains(message, serve.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_flood_is_counted_and_not_written()
    {
        using StringWriter errors = new();
        TickingClock clock = new();
        CommandTerminal terminal = new(TextWriter.Null, errors, Stream.Null, Stream.Null, isInteractive: false) { Clock = clock };
        using TerminalLoggerFactory loggers = new(terminal, LogLevel.Information, json: false);
        ILogger logger = loggers.CreateLogger("Postern.Exposer");
        Action<ILogger, int, Exception?> cut = LoggerMessage.Define<int>(LogLevel.Information, new EventId(205), "Cut {Number}");
        Action<ILogger, Exception?> other = LoggerMessage.Define(LogLevel.Warning, new EventId(206), "Something else");
        for (int i = 0; i < 1000; i++) cut(logger, i, null);
        other(logger, null);
        Assert.Equal(21, Lines(errors).Length);
        Assert.EndsWith("Cut 19", Lines(errors)[19], StringComparison.Ordinal);
        Assert.EndsWith("Something else", Lines(errors)[20], StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromSeconds(1));
        cut(logger, 1000, null);
        Assert.Equal(23, Lines(errors).Length);
        Assert.EndsWith("980 lines of this kind were left out: there were too many in a second", Lines(errors)[21], StringComparison.Ordinal);
        Assert.EndsWith("Cut 1000", Lines(errors)[22], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_for_the_log_does_not_stop_the_daemon()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");
        using TestFolder folder = new();
        await using PosternProcess serve = PosternProcess.Launch(
            ["sh", "-c", "exec \"$@\" 2>/dev/full", "sh"],
            ["serve", "--verbose", "--listen", "127.0.0.1:0", "--drain-timeout", "30", "--ready-file", folder["ready"], .. PosternProcess.Server(TestKeys.Default)]);
        await Until.TrueAsync(() => File.Exists(folder["ready"]), "it listens");
        IPEndPoint endPoint = IPEndPoint.Parse((await File.ReadAllTextAsync(folder["ready"], TestContext.Current.CancellationToken)).Trim());
        for (int i = 0; i < 3; i++)
        {
            await using SecureChannel channel = await ConnectAsync(endPoint);
            await EchoAsync(channel);
        }

        serve.Hangup();
        await using (SecureChannel channel = await ConnectAsync(endPoint)) await EchoAsync(channel);
        serve.Terminate();
        Assert.Equal(0, await serve.ExitAsync());
        Assert.Empty(serve.Errors);
    }

    [Fact]
    public async Task Lines_of_one_connection_and_its_status_have_the_same_number()
    {
        using TestFolder folder = new();
        await using PosternProcess expose = PosternProcess.StartWith(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_RUNTIME_DIR"] = folder.Root },
            ["expose", "--to", "127.0.0.1:1", "--listen", "127.0.0.1:0", "--verbose", "--log-format", "json", .. PosternProcess.Server(TestKeys.Default)]);
        IPEndPoint endPoint = await expose.ListeningAsync();
        await using (await ConnectAsync(endPoint)) await expose.SaysAsync("got no target", 1);
        await using (await ConnectAsync(endPoint)) await expose.SaysAsync("got no target", 2);
        JsonElement[] lines = [.. expose.Errors.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)];
        long[] established = Numbers(lines, 104);
        Assert.Equal(2, established.Distinct().Count());
        Assert.Equal(established, Numbers(lines, 204));
        Assert.False(lines.First(line => line.GetProperty("event").GetInt32() == 100).TryGetProperty("connection", out _));

        await using PosternProcess serve = PosternProcess.StartWith(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_RUNTIME_DIR"] = folder.Root },
            ["serve", "--listen", "127.0.0.1:0", "--verbose", .. PosternProcess.Server(TestKeys.Default)]);
        await using SecureChannel channel = await ConnectAsync(await serve.ListeningAsync());
        await EchoAsync(channel);
        CommandResult status = await new CommandHost { RuntimeFolder = folder.Root }.RunAsync("status", "--json", "--pid", $"{serve.Id}");
        long id = JsonDocument.Parse(status.Expect(0).Output).RootElement[0].GetProperty("channels")[0].GetProperty("id").GetInt64();
        await serve.SaysAsync($"[{id}] Connection from ");
    }

    private static string[] Lines(StringWriter errors) => errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private static long[] Numbers(JsonElement[] lines, int id) =>
        [.. lines.Where(line => line.GetProperty("event").GetInt32() == id).Select(line => line.GetProperty("connection").GetInt64())];

    private static Task<SecureChannel> ConnectAsync(IPEndPoint endPoint) =>
        QstpClient.ConnectAsync(endPoint, TestKeys.Default.Verified, new QstpClientOptions { HandshakeTimeout = Wire.Limit }, TestContext.Current.CancellationToken);

    private static async Task EchoAsync(SecureChannel channel)
    {
        await channel.SendAsync(Wire.Random(100), TestContext.Current.CancellationToken);
        Assert.Equal(100, await channel.ReceiveAsync(new byte[100], TestContext.Current.CancellationToken).AsTask().WaitAsync(Wire.Limit));
    }

    private sealed class TickingClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
