using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Daemons;

/// <summary>What systemd is told, and when.</summary>
public sealed class ServiceNotificationTests : IDisposable
{
    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 1);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_says_that_it_listens_that_it_reloads_and_that_it_stops(bool isAbstract)
    {
        using NotifySocket manager = new(isAbstract ? $"@postern-{Environment.ProcessId}-{_folder.GetHashCode()}" : _folder["notify"]);
        await using PosternProcess forward = PosternProcess.StartWith(manager.Environment, Forward());
        IPEndPoint endPoint = await forward.ListeningAsync();
        Assert.Equal(["READY=1", $"STATUS=Listening on {endPoint}, 0 channels"], await manager.NextAsync());

        long before = Microseconds();
        forward.Hangup();
        string[] reloading = await manager.NextAsync();
        Assert.Equal("RELOADING=1", reloading[0]);
        long said = long.Parse(reloading[1].Split('=')[1], CultureInfo.InvariantCulture);
        Assert.InRange(said, before, Microseconds());
        Assert.Equal(["READY=1", $"STATUS=Listening on {endPoint}. Files were read anew."], await manager.NextAsync());

        forward.Terminate();
        Assert.Equal("STOPPING=1", (await manager.NextAsync())[0]);
        Assert.Equal(0, await forward.ExitAsync());
    }

    [Fact]
    public async Task The_watchdog_hears_from_it_again_and_again()
    {
        using NotifySocket manager = new(_folder["notify"]);
        await using PosternProcess forward = PosternProcess.StartWith(
            new Dictionary<string, string>(manager.Environment, StringComparer.Ordinal) { ["WATCHDOG_USEC"] = "200000" }, Forward());
        Assert.Equal("READY=1", (await manager.NextAsync())[0]);
        for (int i = 0; i < 3; i++) Assert.Equal("WATCHDOG=1", (await manager.NextAsync())[0]);
        forward.Terminate();
        Assert.Equal(0, await forward.ExitAsync());
    }

    [Fact]
    public async Task The_watchdog_hears_nothing_while_connections_are_not_accepted()
    {
        using NotifySocket manager = new(_folder["notify"]);
        using ServiceNotifier notifier = ServiceNotifier.Create(
            Terminal(("NOTIFY_SOCKET", manager.Address), ("WATCHDOG_USEC", "20000")), NullLogger.Instance);
        int asked = 0;
        await using (Watchdog.Start(notifier, () => Interlocked.Increment(ref asked) > 5, () => "It works", NullLogger.Instance))
        {
            Assert.Equal(["WATCHDOG=1", "STATUS=It works"], await manager.NextAsync());
            Assert.True(asked > 5, $"It said that it lives when asked for the {asked}. time.");
        }
    }

    [Fact]
    public void The_watchdog_of_another_process_is_not_ours()
    {
        Assert.Null(TimeoutOf(("WATCHDOG_USEC", "1000000"), ("WATCHDOG_PID", "1")));
        Assert.Null(TimeoutOf(("WATCHDOG_USEC", "many")));
        Assert.Null(TimeoutOf());
        Assert.Equal(TimeSpan.FromSeconds(1), TimeoutOf(("WATCHDOG_USEC", "1000000"), ("WATCHDOG_PID", $"{Environment.ProcessId}")));
    }

    [Fact]
    public async Task A_manager_that_reads_nothing_stops_nothing()
    {
        using NotifySocket manager = new(_folder["notify"]);
        manager.Fill();
        using ServiceNotifier notifier = ServiceNotifier.Create(Terminal(("NOTIFY_SOCKET", manager.Address)), NullLogger.Instance);
        await Task.Run(() => notifier.Stopping("Nobody hears it")).WaitAsync(Wire.Limit);
        Assert.Equal(["x"], await manager.NextAsync());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("9223372036854775807")]
    public async Task A_watchdog_of_any_time_can_be_had(string microseconds)
    {
        using NotifySocket manager = new(_folder["notify"]);
        using ServiceNotifier notifier = ServiceNotifier.Create(Terminal(("NOTIFY_SOCKET", manager.Address), ("WATCHDOG_USEC", microseconds)), NullLogger.Instance);
        Watchdog watchdog = Assert.IsType<Watchdog>(Watchdog.Start(notifier, () => false, () => "It works", NullLogger.Instance));
        await watchdog.DisposeAsync();
    }

    [Fact]
    public async Task A_manager_that_has_gone_stops_nothing()
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["NOTIFY_SOCKET"] = _folder["nobody"] };
        await using PosternProcess forward = PosternProcess.StartWith(environment, Forward());
        await forward.ListeningAsync();
        await forward.SaysAsync($"The service manager at {_folder["nobody"]} takes no messages");
        forward.Terminate();
        Assert.Equal(0, await forward.ExitAsync());
    }

    private static TimeSpan? TimeoutOf(params (string Name, string Value)[] variables)
    {
        using ServiceNotifier notifier = ServiceNotifier.Create(Terminal([("NOTIFY_SOCKET", "/nowhere"), .. variables]), NullLogger.Instance);
        return notifier.WatchdogTimeout;
    }

    private static CommandTerminal Terminal(params (string Name, string Value)[] variables) =>
        new(TextWriter.Null, TextWriter.Null, Stream.Null, Stream.Null, isInteractive: false)
        {
            GetVariable = name => Array.Find(variables, variable => variable.Name == name).Value,
        };

    private static string[] Forward() => ["forward", "--listen", "127.0.0.1:0", "--server", $"{Nowhere}", .. PosternProcess.Client(TestKeys.Default)];

    private static long Microseconds() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
}
