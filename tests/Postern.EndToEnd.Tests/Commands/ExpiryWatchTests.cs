using System.Net;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

public sealed class ExpiryWatchTests
{
    [Fact]
    public void What_ends_soon_is_said_at_the_start_and_once_a_day()
    {
        using StringWriter errors = new();
        TimerClock clock = new();
        CommandTerminal terminal = new(TextWriter.Null, errors, Stream.Null, Stream.Null, isInteractive: false) { Clock = clock };
        using TerminalLoggerFactory loggers = new(terminal, LogLevel.Warning, json: false);
        Expiration soon = new("the certificate", clock.Now.AddDays(10));
        Expiration[] expirations = [soon, soon, new Expiration("the root", clock.Now.AddDays(32))];
        using (ExpiryWatch.Start(loggers, clock, TimeSpan.FromDays(30), () => expirations))
        {
            Assert.Equal("the certificate ends in 10 days", Said());
            clock.Next();
            Assert.Equal("the certificate ends in 9 days", Said());
            clock.Next();
            Assert.Equal("the certificate ends in 8 days, the root ends in 30 days", Said());
            for (int i = 0; i < 9; i++) clock.Next();
            Assert.EndsWith("the certificate ended on, the root ends in 20 days", Said(), StringComparison.Ordinal);

            // It was renewed.
            expirations = [soon with { End = clock.Now.AddDays(90) }];
            clock.Next();
            Assert.Empty(Said());
        }

        Assert.True(clock.IsStopped);

        string Said()
        {
            string[] lines = errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            errors.GetStringBuilder().Clear();
            return string.Join(", ", lines.Select(line => line[line.IndexOf("the ", StringComparison.Ordinal)..].Split(" 2027")[0].Split(", on")[0]));
        }
    }

    [Fact]
    public void On_its_last_day_the_hours_are_said_and_at_the_end_itself_that_it_has_ended()
    {
        using StringWriter errors = new();
        TimerClock clock = new();
        CommandTerminal terminal = new(TextWriter.Null, errors, Stream.Null, Stream.Null, isInteractive: false) { Clock = clock };
        using TerminalLoggerFactory loggers = new(terminal, LogLevel.Warning, json: false);
        using ExpiryWatch watch = ExpiryWatch.Start(loggers, clock, TimeSpan.FromDays(30), new Expiration("the certificate", clock.Now.AddHours(10.5)));
        Assert.Contains("the certificate ends in 10 h 30 min", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(new TimeSpan(10, 30, 1), clock.Due);
        clock.Next();
        Assert.Contains("the certificate ended on", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_and_its_client_say_it()
    {
        // The keys of the tests have 300 days.
        await using PosternProcess serve = PosternProcess.Serve("--warn-before", "301d");
        IPEndPoint address = await serve.ListeningAsync();
        foreach (string what in (string[])["the certificate 'server'", "the key 'server'", "the root 'server root'"])
        {
            Assert.Contains(what, serve.Errors, StringComparison.Ordinal);
        }

        await using PosternProcess connect = PosternProcess.Connect(address, "--warn-before", "301d");
        Assert.Equal("x"u8.ToArray(), await connect.ExchangeAsync("x"u8.ToArray()));
        await connect.ExitAsync();
        Assert.Contains("the certificate 'server'", connect.Errors, StringComparison.Ordinal);
        await using PosternProcess quiet = PosternProcess.Connect(address, "--warn-before", "5d");
        await quiet.ExchangeAsync("x"u8.ToArray());
        await quiet.ExitAsync();
        Assert.DoesNotContain("ends in", quiet.Errors, StringComparison.Ordinal);
    }

    // Days pass when the test says so.
    private sealed class TimerClock : TimeProvider, ITimer
    {
        private TimerCallback? _callback;

        public DateTimeOffset Now { get; private set; } = CommandHost.VectorTime;

        public TimeSpan Due { get; private set; }

        public bool IsStopped { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.UtcTicks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = callback;
            return this;
        }

        public void Next()
        {
            Now += Due;
            _callback!(null);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(TimeSpan.FromDays(1), period);
            Due = dueTime;
            return true;
        }

        public void Dispose() => IsStopped = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
