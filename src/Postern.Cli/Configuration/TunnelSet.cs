using System.CommandLine;
using Postern.Cli.Daemons;

namespace Postern.Cli.Configuration;

/// <summary>The tunnels of one process, started in the file's order.</summary>
internal sealed class TunnelSet : IAsyncDisposable
{
    private readonly List<(ConfiguredTunnel Tunnel, DaemonService Service)> _running = [];

    private readonly TerminalLoggerFactory _loggers;

    private TunnelSet(TerminalLoggerFactory loggers) => _loggers = loggers;

    /// <summary>Starts all of them; if one cannot be, none runs.</summary>
    /// <exception cref="CommandException">Which one cannot, and why.</exception>
    public static async Task<TunnelSet> StartAsync(IEnumerable<ConfiguredTunnel> tunnels, DaemonContext context, CancellationToken cancellationToken)
    {
        TunnelSet set = new(context.Loggers);
        try
        {
            foreach (ConfiguredTunnel tunnel in tunnels) set._running.Add((tunnel, await tunnel.StartAsync(context, cancellationToken)));
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>All of them as one.</summary>
    /// <param name="read">Reads the tunnels from the file again.</param>
    public DaemonService AsService(Func<ParseResult, IReadOnlyList<ConfiguredTunnel>> read) => new(this)
    {
        LocalEndPoint = () => _running[0].Service.LocalEndPoint(),
        IsListening = () => Services.All(service => service.IsListening()),
        IsUsable = () => Services.All(service => service.IsUsable()),
        IsConnected = Services.Select(service => service.IsConnected).OfType<Func<bool>>().ToArray() is { Length: > 0 } shared ? () => Array.TrueForAll(shared, isConnected => isConnected()) : null,
        Drain = DrainAsync,
        Channels = () => [.. Services.SelectMany(service => service.Channels())],
        Revocation = () => [.. Services.SelectMany(service => service.Revocation())],
        Reload = (result, cancellationToken) => ReloadAsync(read(result), cancellationToken),
        Completion = Services.Select(service => service.Completion).OfType<Task>().ToArray() is { Length: > 0 } ends ? Task.WhenAny(ends).Unwrap() : null,
    };

    public async ValueTask DisposeAsync()
    {
        foreach ((_, DaemonService service) in Enumerable.Reverse(_running)) await service.DisposeAsync();
    }

    private IEnumerable<DaemonService> Services => _running.Select(running => running.Service);

    private async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        bool[] drained = await Task.WhenAll(Services.Select(service => service.Drain(cancellationToken)));
        return drained.All(isDone => isDone);
    }

    // Each for itself: one that is broken does not keep the others from their new certificates.
    private async Task ReloadAsync(IReadOnlyList<ConfiguredTunnel> tunnels, CancellationToken cancellationToken)
    {
        if (!tunnels.Select(tunnel => (tunnel.Name, tunnel.CommandName)).SequenceEqual(_running.Select(running => (running.Tunnel.Name, running.Tunnel.CommandName))))
        {
            throw new CommandException(ExitCode.Usage, "The tunnels of the file are other ones now: that needs a restart.");
        }

        List<string> failures = [];
        foreach ((ConfiguredTunnel tunnel, (ConfiguredTunnel started, DaemonService service)) in tunnels.Zip(_running))
        {
            if (service.Reload is null) continue;
            try
            {
                await service.Reload(tunnel.Result, cancellationToken);
                ReadOnceOptions.Warn(_loggers.ForTunnel(tunnel.Name).CreateLogger("Postern.Daemon"), started.Result, tunnel.Result);
            }
#pragma warning disable CA1031 // Whatever is wrong with one: what it has goes on, and the others get what is new.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failures.Add($"the tunnel '{tunnel.Name}': {exception.Message}");
            }
        }

        if (failures.Count == 0) return;
        string others = failures.Count < tunnels.Count ? ". That holds for these only: the other tunnels were read anew" : string.Empty;
        throw new CommandException(ExitCode.File, string.Join("; ", failures) + others);
    }
}
