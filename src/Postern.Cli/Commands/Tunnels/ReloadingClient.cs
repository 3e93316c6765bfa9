using System.CommandLine;
using System.Net;
using Postern.Cli.Daemons;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>
/// A client whose keys, certificates and lists can be replaced while it runs. What was replaced is kept until the channels that were opened with it have ended.
/// </summary>
internal sealed class ReloadingClient : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    private readonly Func<ParseResult, CancellationToken, Task<LoadedClient>> _load;
    private readonly Func<ParseResult, EndPoint> _serverOf;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _retiring = [];
    private volatile DialledClient _current;

    private ReloadingClient(Func<ParseResult, CancellationToken, Task<LoadedClient>> load, Func<ParseResult, EndPoint> serverOf, DialledClient first)
    {
        _load = load;
        _serverOf = serverOf;
        _current = first;
    }

    public IReadOnlyList<RevocationMonitor> Revocation => _current.Client.Revocation;

    /// <summary>What new channels are opened with.</summary>
    public LoadedClient Current => _current.Client;

    public static async Task<ReloadingClient> LoadAsync(
        ParseResult result, Func<ParseResult, EndPoint> serverOf, Func<ParseResult, CancellationToken, Task<LoadedClient>> load, CancellationToken cancellationToken) =>
        new(load, serverOf, new DialledClient(await load(result, cancellationToken), serverOf(result)));

    /// <summary>Opens a channel with what was loaded last.</summary>
    public Task<SecureChannel> ConnectAsync(CancellationToken cancellationToken) => _current.ConnectAsync(cancellationToken);

    /// <summary>Reads everything anew, and dials by it.</summary>
    /// <param name="result">What the command line says.</param>
    /// <param name="channels">The channels that there are.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task ReloadAsync(ParseResult result, Func<IReadOnlyList<SecureChannel>> channels, CancellationToken cancellationToken)
    {
        DialledClient former = _current;
        _current = new DialledClient(await _load(result, cancellationToken), _serverOf(result));
        former.Client.Expiry.Dispose();
        _retiring.RemoveAll(task => task.IsCompleted);
        _retiring.Add(RetireAsync(former, channels));
    }

    /// <summary>After everything that dials has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_retiring);
        await _current.Client.DisposeAsync();
        _stop.Dispose();
    }

    // Seen unused twice: a channel that has just been opened is not among the others yet.
    private async Task RetireAsync(DialledClient former, Func<IReadOnlyList<SecureChannel>> channels)
    {
        using PeriodicTimer timer = new(LookInterval);
        try
        {
            for (int unused = 0; unused < 2; unused = former.IsUsed(channels()) ? 0 : unused + 1) await timer.WaitForNextTickAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Everything ends.
        }

        await former.Client.DisposeAsync();
    }
}
