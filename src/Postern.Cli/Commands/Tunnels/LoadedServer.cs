using System.Net;
using Postern.Cli.Daemons;
using Postern.Cli.Renewing;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A server with its keys, which it owns.</summary>
/// <param name="start">Listens for many.</param>
/// <param name="update">Has a server that listens already answer with what was loaded here; ends when it uses no more what it had before.</param>
/// <param name="acceptOne">Listens for one.</param>
/// <param name="keys">What is disposed of in the end.</param>
internal sealed class LoadedServer(
    Func<EndPoint, ChannelHandler, ChannelServer> start,
    Func<ChannelServer, Task> update,
    Func<EndPoint, Action<EndPoint>, CancellationToken, Task<SecureChannel>> acceptOne,
    IEnumerable<IDisposable> keys) : IAsyncDisposable
{
    private CertificateRenewer? _renewer;

    /// <summary>Watch the revocation lists, one a root; none if nobody does.</summary>
    public IReadOnlyList<RevocationMonitor> Revocation { get; init; } = [];

    /// <summary>There is something here that can be used today.</summary>
    public required Func<bool> IsUsable { get; init; }

    /// <summary>Warns of what ends soon.</summary>
    public required ExpiryWatch Expiry { get; init; }

    /// <summary>Begins to renew the first certificate; null if nobody does.</summary>
    public Func<CertificateRenewer>? Renew { get; init; }

    /// <summary>What the client of a channel knows this server by: the serial of its certificate, the fingerprint of its key.</summary>
    public Func<SecureChannel, string?> NameOf { get; init; } = channel => channel.GetStatus().LocalName;

    /// <summary>Listens for many.</summary>
    public ChannelServer Start(EndPoint endPoint, ChannelHandler handler) => start(endPoint, handler);

    /// <summary>Has a running server answer new connections by this.</summary>
    /// <exception cref="CommandException">It speaks another protocol.</exception>
    public Task Update(ChannelServer server) => update(server);

    /// <summary>Listens for one.</summary>
    public Task<SecureChannel> AcceptOneAsync(EndPoint endPoint, Action<EndPoint> listening, CancellationToken cancellationToken) =>
        acceptOne(endPoint, listening, cancellationToken);

    /// <summary>Renews from now on.</summary>
    public void BeginRenewing() => _renewer ??= Renew?.Invoke();

    /// <summary>Another one takes its place; the connections that it has go on.</summary>
    public async Task RetireAsync()
    {
        Expiry.Dispose();
        if (_renewer is not null) await _renewer.DisposeAsync();
        _renewer = null;
    }

    public async ValueTask DisposeAsync()
    {
        await RetireAsync();
        foreach (RevocationMonitor monitor in Revocation) await monitor.DisposeAsync();
        foreach (IDisposable key in keys) key.Dispose();
    }
}
