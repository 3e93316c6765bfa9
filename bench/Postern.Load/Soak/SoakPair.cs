namespace Postern.Load.Soak;

/// <summary>A forwarder and an exposer as processes, the service behind them, and who uses it.</summary>
internal sealed class SoakPair : IAsyncDisposable
{
    private static readonly TimeSpan ReloadEvery = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RestartEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Gone = TimeSpan.FromMilliseconds(500);

    private readonly bool _duplex;
    private readonly bool _multiplex;
    private readonly SoakFiles _files;
    private readonly SoakBackend _backend = new();
    private readonly List<DaemonProcess> _processes = [];

    private SoakPair(bool duplex, bool multiplex, string folder, LoadKeys keys)
    {
        _duplex = duplex;
        _multiplex = multiplex;
        Name = $"{(duplex ? "duplex" : "qstp")} {(multiplex ? "multiplex" : "each")}";
        _files = new SoakFiles(Path.Combine(folder, Name.Replace(' ', '-')), keys);
    }

    public string Name { get; }

    public SoakTally Tally { get; } = new();

    /// <summary>The exposer, then the forwarder.</summary>
    public IReadOnlyList<DaemonProcess> Processes => _processes;

    /// <summary>Starts both processes.</summary>
    /// <param name="command">How the command is started.</param>
    /// <param name="duplex">DUPLEX, else QSTP.</param>
    /// <param name="multiplex">One tunnel for all connections, else one for each.</param>
    /// <param name="folder">For files.</param>
    /// <param name="keys">Whose keys.</param>
    public static async Task<SoakPair> StartAsync(IReadOnlyList<string> command, bool duplex, bool multiplex, string folder, LoadKeys keys)
    {
        SoakPair pair = new(duplex, multiplex, folder, keys);
        try
        {
            string[] common = [.. multiplex ? ["--multiplex"] : Array.Empty<string>(), "--ratchet-every", "20", .. duplex ? ["--ratchet-asymmetric"] : Array.Empty<string>(), "--keep-alive", "5"];
            DaemonProcess expose = await pair.StartAsync("expose", [.. command, "expose", "--to", $"{pair._backend.EndPoint}", "--listen", "127.0.0.1:0", .. pair._files.Server(duplex), .. common]);
            await pair.StartAsync("forward", [.. command, "forward", "--listen", "127.0.0.1:0", "--server", $"{expose.EndPoint}", .. pair._files.Client(duplex), .. common]);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>All there is to do, until it is enough; connections that are open then end by themselves.</summary>
    public async Task LoadAsync(int seed, CancellationToken enough)
    {
        SoakClient client = new(_processes[1].EndPoint, _backend, Tally, seed);
        await Task.WhenAll(
            client.ChurnAsync(enough),
            client.ChurnAsync(enough),
            client.BulkAsync(enough),
            client.SlowAsync(enough),
            ReloadAsync(enough),
            RestartAsync(enough));
    }

    /// <summary>What must be true at the end, whatever the machine was like.</summary>
    public async Task<double> CheckAsync()
    {
        double ratchets = 0;
        foreach (DaemonProcess process in _processes)
        {
            Metrics metrics = await process.GetMetricsAsync();
            ratchets += metrics.Sum("postern_ratchets_total");
            if (metrics.Sum("postern_ratchets_total") == 0) Tally.Complain($"{process.Name}: there was no ratchet");
            if (metrics.Sum("postern_open_failures_total") is > 0 and double failures) Tally.Complain($"{process.Name}: {failures} packets could not be opened");
            // One at the beginning, and another tunnel in its place at each reload.
            if (_multiplex && metrics.Sum("postern_handshakes_total") is double handshakes && handshakes > 1 + Tally.Reloads) Tally.Complain($"{process.Name}: {handshakes} handshakes where {1 + Tally.Reloads} tunnels should have been enough");
        }

        return ratchets;
    }

    /// <summary>Ends the processes, the forwarder first: nothing is open, so nothing has to be cut.</summary>
    public async Task StopAsync()
    {
        foreach (DaemonProcess process in _processes.Reverse<DaemonProcess>())
        {
            if (await process.StopAsync() is not 0 and int code) Tally.Complain($"{process.Name} ended with exit code {code}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DaemonProcess process in _processes) await process.DisposeAsync();
        await _backend.DisposeAsync();
    }

    private async Task<DaemonProcess> StartAsync(string role, IEnumerable<string> arguments)
    {
        DaemonProcess process = await DaemonProcess.StartAsync($"{Name}: {role}", _files.ReadyFile(role), Tally, arguments);
        _processes.Add(process);
        return process;
    }

    private async Task ReloadAsync(CancellationToken enough)
    {
        while (await PauseAsync(ReloadEvery, enough))
        {
            _files.Break(_duplex);
            foreach (DaemonProcess process in _processes) await process.ReloadAsync(expectSuccess: false);
            Tally.CountRefusedReload();
            _files.Mend(_duplex);
            foreach (DaemonProcess process in _processes) await process.ReloadAsync(expectSuccess: true);
            Tally.CountReload();
        }
    }

    private async Task RestartAsync(CancellationToken enough)
    {
        while (await PauseAsync(RestartEvery, enough))
        {
            await _backend.RestartAsync(Gone);
            Tally.CountRestart();
        }
    }

    // False if it was enough meanwhile.
    private static async Task<bool> PauseAsync(TimeSpan pause, CancellationToken enough)
    {
        await Task.Delay(pause, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !enough.IsCancellationRequested;
    }
}
