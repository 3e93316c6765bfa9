using System.Net;
using Postern.Cli.Daemons;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A client with its keys, which it owns.</summary>
internal sealed class LoadedClient(Func<EndPoint, ChannelConnector> connectTo, params IDisposable[] keys) : IAsyncDisposable
{
    /// <summary>Watch the revocation list of the server's root; none if nobody does.</summary>
    public IReadOnlyList<RevocationMonitor> Revocation { get; init; } = [];

    /// <summary>There is something here that can be used today.</summary>
    public required Func<bool> IsUsable { get; init; }

    /// <summary>Warns of what ends soon.</summary>
    public required ExpiryWatch Expiry { get; init; }

    /// <summary>Opens channels to this address.</summary>
    public ChannelConnector To(EndPoint endPoint) => connectTo(endPoint);

    public async ValueTask DisposeAsync()
    {
        Expiry.Dispose();
        foreach (RevocationMonitor monitor in Revocation) await monitor.DisposeAsync();
        foreach (IDisposable key in keys) key.Dispose();
    }
}
