using System.CommandLine;
using Postern.Cli.Daemons;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>
/// A server whose keys, certificates and lists can be replaced while it runs. What was replaced is kept until the connections that were made with it have ended.
/// </summary>
internal sealed class ReloadingServer : IAsyncDisposable
{
    private readonly Func<ParseResult, CancellationToken, Task<LoadedServer>> _load;
    private readonly List<Task> _retiring = [];
    private volatile LoadedServer _current;

    private ReloadingServer(Func<ParseResult, CancellationToken, Task<LoadedServer>> load, LoadedServer first)
    {
        _load = load;
        _current = first;
        first.BeginRenewing();
    }

    /// <summary>What new connections are answered with.</summary>
    public LoadedServer Current => _current;

    public IReadOnlyList<RevocationMonitor> Revocation => _current.Revocation;

    public static async Task<ReloadingServer> LoadAsync(
        ParseResult result, Func<ParseResult, CancellationToken, Task<LoadedServer>> load, CancellationToken cancellationToken) =>
        new(load, await load(result, cancellationToken));

    /// <summary>What the client of a channel knows this server by.</summary>
    public string? NameOf(SecureChannel channel) => _current.NameOf(channel);

    /// <summary>Reads everything anew, and answers new connections by it.</summary>
    public async Task ReloadAsync(ChannelServer server, ParseResult result, CancellationToken cancellationToken)
    {
        LoadedServer next = await _load(result, cancellationToken);
        Task unused;
        try
        {
            unused = next.Update(server);
        }
        catch
        {
            await next.DisposeAsync();
            throw;
        }

        LoadedServer former = _current;
        _current = next;
        await former.RetireAsync();
        next.BeginRenewing();
        _retiring.RemoveAll(task => task.IsCompleted);
        _retiring.Add(DisposeAsync(former, unused));
    }

    /// <summary>A server that was started with this, as a daemon's work.</summary>
    /// <param name="server">The server.</param>
    /// <param name="parts">What ends before its keys do, the server included.</param>
    public DaemonService Serve(ChannelServer server, params IEnumerable<IAsyncDisposable> parts) => new([.. parts, this])
    {
        LocalEndPoint = () => server.LocalEndPoint,
        IsListening = () => server.IsListening,
        Drain = server.DrainAsync,
        Channels = server.GetChannels,
        Revocation = () => Revocation,
        IsUsable = () => _current.IsUsable(),
        Reload = (result, cancellationToken) => ReloadAsync(server, result, cancellationToken),
    };

    /// <summary>After the server has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_retiring);
        await _current.DisposeAsync();
    }

    private static async Task DisposeAsync(LoadedServer former, Task unused)
    {
        await unused;
        await former.DisposeAsync();
    }
}
