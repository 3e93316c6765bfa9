using System.Text.Json;
using Postern.Cli.Status;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;
using Spectre.Console;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary><c>postern status --watch</c>.</summary>
public sealed class StatusWatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_look_is_a_line_of_JSON_until_it_is_told_to_end()
    {
        await using PosternProcess serve = PosternProcess.Serve();
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        await using PosternProcess watch = PosternProcess.Run("status", "--watch", "--interval", "0.05", "--json", "--pid", $"{serve.Id}");
        using StreamReader lines = new(watch.Output);
        Assert.True(await SeesAsync(lines, channel => channel.GetProperty("bytesReceived").GetInt64() == 0));
        await connect.Input.WriteAsync(new byte[1000]);
        await connect.Input.FlushAsync();
        Assert.True(await SeesAsync(lines, channel => channel.GetProperty("bytesReceived").GetInt64() >= 1000));
        watch.Terminate();
        Assert.Equal(0, await watch.ExitAsync());
    }

    [Fact]
    public async Task Without_a_terminal_each_look_follows_the_last()
    {
        using TestFolder folder = new();
        await using PosternProcess watch = PosternProcess.Launch(
            ["env", $"XDG_RUNTIME_DIR={folder.Root}"], "status", "--watch", "--interval", "0.05");
        using StreamReader lines = new(watch.Output);
        for (int look = 0; look < 2; look++)
        {
            Assert.EndsWith("Z, every 0.05 s; Ctrl-C ends", await lines.ReadLineAsync(), StringComparison.Ordinal);
            Assert.Equal("No running postern process answers.", await lines.ReadLineAsync());
        }

        watch.Terminate();
        Assert.Equal(0, await watch.ExitAsync());
    }

    // Who started the tests may have had SIGINT ignored, as a shell does for what runs in its background; a terminal's programs do not.
    [Fact]
    public async Task On_a_terminal_the_view_changes_in_place_until_Ctrl_C()
    {
        using TestFolder folder = new();
        await using PosternProcess watch = PosternProcess.Launch(
            ["env", "--default-signal=INT", $"XDG_RUNTIME_DIR={folder.Root}", "TERM=xterm", "NO_COLOR=", "python3", "-c", "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"],
            "status", "--watch", "--interval", "0.05");
        using StreamReader output = new(watch.Output);
        string shown = string.Empty;
        char[] buffer = new char[256];
        while (shown.Split("every 0.05 s").Length < 4) shown += new string(buffer, 0, await output.ReadAsync(buffer).AsTask().WaitAsync(Wire.Limit));
        Assert.Contains("\u001b[1A", shown, StringComparison.Ordinal);
        await watch.Input.WriteAsync(new byte[] { 3 });
        await watch.Input.FlushAsync();
        await output.ReadToEndAsync().WaitAsync(Wire.Limit);
        Assert.Equal(0, await watch.ExitAsync());
    }

    [Fact]
    public async Task An_interval_alone_is_refused() =>
        Assert.Contains("--interval needs --watch.", (await CommandHost.Run("status", "--interval", "1")).Expect(2).Error, StringComparison.Ordinal);

    [Fact]
    public void Bytes_a_second_are_those_of_the_same_channel_of_the_same_process()
    {
        StatusLook former = new(Start, [Process(1, Start, Channel(1, 100, 0), Channel(2, 5, 5)), Process(2, Start, Channel(1, 7, 7))]);
        StatusLook latter = new(Start.AddSeconds(2), [Process(1, Start, Channel(1, 300, 11), Channel(3, 9, 9)), Process(2, Start.AddSeconds(1), Channel(1, 900, 900))]);
        ByteRates rates = ByteRates.Between(former, latter);
        Assert.Equal((100, 6), rates.Of(latter.Processes[0], latter.Processes[0].Channels[0]));
        Assert.Null(rates.Of(latter.Processes[0], latter.Processes[0].Channels[1]));

        // Another process under the same number.
        Assert.Null(rates.Of(latter.Processes[1], latter.Processes[1].Channels[0]));
        Assert.Null(ByteRates.Between(latter, latter).Of(latter.Processes[0], latter.Processes[0].Channels[0]));

        string[] lines = Shown(StatusView.Of(latter.Processes, StatusView.WholeWidth, rates));
        Assert.Contains(lines, line => line.Contains("sent/s", StringComparison.Ordinal) && line.TrimEnd().EndsWith("received/s", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [.., "100", "6"]);
    }

    [Fact]
    public void What_a_peer_calls_itself_steers_no_terminal()
    {
        ChannelReport channel = Channel(1, 0, 0) with { Peer = "[red]a\u001b[2J[/]" };
        Assert.Contains(Shown(StatusView.Of([Process(1, Start, channel)], 80)), line => line.Contains("[red]a?[2J[/]", StringComparison.Ordinal));
    }

    private static async Task<bool> SeesAsync(StreamReader lines, Func<JsonElement, bool> condition)
    {
        while (await lines.ReadLineAsync().WaitAsync(Wire.Limit) is { } line)
        {
            using JsonDocument look = JsonDocument.Parse(line);
            JsonElement process = look.RootElement.GetProperty("processes")[0];
            if (process.GetProperty("channels").EnumerateArray().Any(condition)) return true;
        }

        return false;
    }

    private static string[] Shown(IEnumerable<Spectre.Console.Rendering.IRenderable> parts)
    {
        using StringWriter output = new();
        new CommandTerminal(output, TextWriter.Null, Stream.Null, Stream.Null, isInteractive: false).OutConsole.Write(new Rows(parts));
        return output.ToString().Split('\n');
    }

    private static ProcessReport Process(int id, DateTimeOffset started, params IReadOnlyList<ChannelReport> channels) =>
        new() { ProcessId = id, Command = "serve", Started = started, Channels = channels };

    private static ChannelReport Channel(long id, long sent, long received) => new()
    {
        Id = id,
        Suite = "set",
        Cipher = ChannelCipher.Rcs,
        Established = Start,
        IdleSeconds = 0,
        BytesSent = sent,
        BytesReceived = received,
        Epoch = 0,
        Ratchets = 0,
        KeySince = Start,
        BytesSentUnderKey = sent,
        PacketsSentUnderKey = 0,
    };
}
