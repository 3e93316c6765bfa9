using System.Net;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A client with its keys, which it owns.</summary>
internal sealed class LoadedClient(Func<EndPoint, ChannelConnector> connectTo, params IDisposable[] keys) : IAsyncDisposable
{
    /// <summary>Watch the revocation list of the server's root; none if nobody does.</summary>
    public IReadOnlyList<RevocationMonitor> Revocation { get; init; } = [];

    /// <summary>Opens channels to this address.</summary>
    public ChannelConnector To(EndPoint endPoint) => connectTo(endPoint);

    public async ValueTask DisposeAsync()
    {
        foreach (RevocationMonitor monitor in Revocation) await monitor.DisposeAsync();
        foreach (IDisposable key in keys) key.Dispose();
    }
}
