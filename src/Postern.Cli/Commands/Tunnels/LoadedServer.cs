using System.Net;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A server with its keys, which it owns.</summary>
internal sealed class LoadedServer(
    Func<IPEndPoint, ChannelHandler, ChannelServer> start,
    Func<IPEndPoint, Action<EndPoint>, CancellationToken, Task<SecureChannel>> acceptOne,
    IEnumerable<IDisposable> keys) : IDisposable
{
    /// <summary>Listens for many.</summary>
    public ChannelServer Start(IPEndPoint endPoint, ChannelHandler handler) => start(endPoint, handler);

    /// <summary>Listens for one.</summary>
    public Task<SecureChannel> AcceptOneAsync(IPEndPoint endPoint, Action<EndPoint> listening, CancellationToken cancellationToken) =>
        acceptOne(endPoint, listening, cancellationToken);

    public void Dispose()
    {
        foreach (IDisposable key in keys) key.Dispose();
    }
}
