using System.Diagnostics;

namespace Postern.Load.Soak;

/// <summary>The whole of it: all pairs at once, warmed up, looked at with nobody there, under load, and again with nobody there.</summary>
internal sealed class SoakRun(IReadOnlyList<string> command, TimeSpan duration, TimeSpan interval) : IAsyncDisposable
{
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StillLimit = TimeSpan.FromSeconds(90);

    private readonly List<SoakPair> _pairs = [];
    private readonly Dictionary<DaemonProcess, List<Vitals>> _samples = [];

    /// <summary>An eighth of the run, but 15 s at least and a minute at most.</summary>
    public TimeSpan WarmUp { get; } = TimeSpan.FromSeconds(Math.Clamp(duration.TotalSeconds / 8, 15, 60));

    public async Task<IReadOnlyList<PairResult>> RunAsync(string folder, LoadKeys keys)
    {
        foreach (bool duplex in (bool[])[false, true])
        {
            foreach (bool multiplex in (bool[])[false, true]) _pairs.Add(await SoakPair.StartAsync(command, duplex, multiplex, folder, keys));
        }

        await LoadAsync(WarmUp, seed: 1);
        Dictionary<DaemonProcess, int> before = await RestAsync();
        foreach (DaemonProcess process in before.Keys) _samples[process] = [];
        await LoadAsync(duration, seed: 2);
        Dictionary<DaemonProcess, int> after = await RestAsync();
        List<PairResult> results = [];
        foreach (SoakPair pair in _pairs)
        {
            double ratchets = await pair.CheckAsync();
            await pair.StopAsync();
            results.Add(new PairResult(pair.Name, pair.Tally, ratchets, [.. pair.Processes.Select(process => Judge(process, before[process], after[process]))]));
        }

        return results;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SoakPair pair in _pairs) await pair.DisposeAsync();
    }

    private ProcessResult Judge(DaemonProcess process, int before, int after)
    {
        List<Vitals> samples = _samples[process];
        return new ProcessResult(
            process.Name, Growth.OfResident(samples), Growth.OfHeap(samples), Growth.OfThreads(samples), Growth.OfDescriptors(samples), before, after, samples);
    }

    private async Task LoadAsync(TimeSpan time, int seed)
    {
        using CancellationTokenSource enough = new(time);
        Task sampling = SampleAsync(enough.Token);
        Task all = Task.WhenAll(_pairs.Select((pair, i) => pair.LoadAsync((seed * 100) + i, enough.Token)));

        // Whoever fails ends it for all.
        if (await Task.WhenAny(all, sampling) is { IsFaulted: true }) await enough.CancelAsync();
        await Task.WhenAll(all, sampling);
    }

    private async Task SampleAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            foreach ((DaemonProcess process, List<Vitals> samples) in _samples) samples.Add(await process.MeasureAsync());
            await Task.Delay(interval, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Descriptors of each process once none has come or gone for a while.
    private async Task<Dictionary<DaemonProcess, int>> RestAsync()
    {
        long start = Stopwatch.GetTimestamp();
        long since = start;
        Dictionary<DaemonProcess, int> last = Count();
        while (Stopwatch.GetElapsedTime(since) < Still)
        {
            if (Stopwatch.GetElapsedTime(start) > StillLimit) throw new TimeoutException("Descriptors come and go although nobody connects any more.");
            await Task.Delay(200);
            Dictionary<DaemonProcess, int> now = Count();
            if (now.Any(count => last[count.Key] != count.Value)) since = Stopwatch.GetTimestamp();
            last = now;
        }

        return last;
    }

    private Dictionary<DaemonProcess, int> Count() => _pairs.SelectMany(pair => pair.Processes).ToDictionary(process => process, process => process.CountDescriptors());
}
