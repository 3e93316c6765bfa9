using System.Net;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A client with its keys, which it owns.</summary>
internal sealed class LoadedClient(Func<EndPoint, ChannelConnector> connectTo, params IDisposable[] keys) : IDisposable
{
    /// <summary>Opens channels to this address.</summary>
    public ChannelConnector To(EndPoint endPoint) => connectTo(endPoint);

    public void Dispose()
    {
        foreach (IDisposable key in keys) key.Dispose();
    }
}
