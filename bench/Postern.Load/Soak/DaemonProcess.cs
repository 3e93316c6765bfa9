using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Postern.Load.Soak;

/// <summary>A process of the command that stays: signals for it, its log, and what it takes.</summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private const int AdminListens = 260;
    private const int Reloaded = 251;
    private const int NotReloaded = 252;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DaemonEvents _events;
    private readonly Task _reading;
    private readonly HttpClient _client = new() { Timeout = Limit };
    private Uri? _metrics;

    private DaemonProcess(string name, IEnumerable<string> arguments, SoakTally tally)
    {
        Name = name;
        _events = new DaemonEvents(tally, name);

        // Under nohup SIGHUP would be ignored.
        ProcessStartInfo start = new("env", ["--default-signal=HUP", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };

        // What the collector puts off would look like growth.
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCConserveMemory"] = "7";
        start.Environment["DOTNET_GCgen0size"] = "0x400000";
        start.Environment["DOTNET_TieredPGO"] = "0";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start.");
        _process.StandardInput.Close();
        _reading = _events.ReadAsync(_process.StandardError);
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<DaemonProcess> StartAsync(string name, string readyFile, SoakTally tally, IEnumerable<string> arguments)
    {
        string[] common = ["--ready-file", readyFile, "--admin-listen", "127.0.0.1:0", "--log-format", "json", "--drain-timeout", "30"];
        DaemonProcess process = new(name, [.. arguments, .. common], tally);
        try
        {
            await process.WaitAsync(() => File.Exists(readyFile) && process._events.Count(AdminListens) > 0, "listens");
            process.EndPoint = IPEndPoint.Parse((await File.ReadAllTextAsync(readyFile)).Trim());
            string line = process._events.Last(AdminListens)!;
            int address = line.IndexOf("http://", StringComparison.Ordinal);
            process._metrics = new Uri(new Uri(line[address..line.IndexOf("/healthz", StringComparison.Ordinal)]), "/metrics");
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGHUP, and waits until the log says what came of it.</summary>
    /// <param name="expectSuccess">Whether what it reads is in order.</param>
    public async Task ReloadAsync(bool expectSuccess)
    {
        int expected = expectSuccess ? Reloaded : NotReloaded;
        int before = _events.Count(Reloaded) + _events.Count(NotReloaded);
        int same = _events.Count(expected);
        await SignalAsync("HUP");
        await WaitAsync(() => _events.Count(Reloaded) + _events.Count(NotReloaded) > before, "has read its files anew");
        if (_events.Count(expected) == same) throw new InvalidOperationException($"{Name} {(expectSuccess ? "did not take a good" : "took a broken")} file.");
    }

    public async Task<Metrics> GetMetricsAsync()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, _metrics);
        request.Headers.ConnectionClose = true;
        using HttpResponseMessage answer = await _client.SendAsync(request);
        return new Metrics(await answer.Content.ReadAsStringAsync());
    }

    public async Task<Vitals> MeasureAsync()
    {
        Metrics metrics = await GetMetricsAsync();
        return Vitals.Read(_process.Id, (long)metrics.Sum("dotnet_gc_last_collection_heap_size_bytes"));
    }

    public int CountDescriptors() => Vitals.CountDescriptors(_process.Id);

    /// <summary>SIGTERM; the exit code once it has ended.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        await _process.WaitForExitAsync().WaitAsync(Limit);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        _client.Dispose();
    }

    private async Task SignalAsync(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private async Task WaitAsync(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (_process.HasExited) throw new InvalidOperationException($"{Name} has ended by itself with exit code {_process.ExitCode}.");
            if (Stopwatch.GetElapsedTime(start) > Limit) throw new TimeoutException($"Not in {Limit.TotalSeconds:0} s: {Name} {what}.");
            await Task.Delay(20);
        }
    }
}
