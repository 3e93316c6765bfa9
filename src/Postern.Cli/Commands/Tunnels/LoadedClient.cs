using System.Net;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A client with its keys, which it owns.</summary>
internal sealed class LoadedClient(Func<EndPoint, ChannelConnector> connectTo, params IDisposable[] keys) : IAsyncDisposable
{
    /// <summary>Watches the root's revocation list; null if nobody does.</summary>
    public RevocationMonitor? Revocation { get; init; }

    /// <summary>Opens channels to this address.</summary>
    public ChannelConnector To(EndPoint endPoint) => connectTo(endPoint);

    public async ValueTask DisposeAsync()
    {
        if (Revocation is not null) await Revocation.DisposeAsync();
        foreach (IDisposable key in keys) key.Dispose();
    }
}
