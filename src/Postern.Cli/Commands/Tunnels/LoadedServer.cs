using System.Net;
using Postern.Cli.Daemons;
using Postern.Cli.Renewing;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>A server with its keys, which it owns.</summary>
internal sealed class LoadedServer(
    Func<IPEndPoint, ChannelHandler, ChannelServer> start,
    Func<IPEndPoint, Action<EndPoint>, CancellationToken, Task<SecureChannel>> acceptOne,
    IEnumerable<IDisposable> keys) : IAsyncDisposable
{
    /// <summary>Watch the revocation lists, one a root; none if nobody does.</summary>
    public IReadOnlyList<RevocationMonitor> Revocation { get; init; } = [];

    /// <summary>Warns of what ends soon.</summary>
    public required ExpiryWatch Expiry { get; init; }

    /// <summary>Renews the first certificate; null if nobody does.</summary>
    public CertificateRenewer? Renewer { get; init; }

    /// <summary>What the client of a channel knows this server by: the serial of its certificate, the fingerprint of its key.</summary>
    public Func<SecureChannel, string?> NameOf { get; init; } = channel => channel.GetStatus().LocalName;

    /// <summary>Listens for many.</summary>
    public ChannelServer Start(IPEndPoint endPoint, ChannelHandler handler) => start(endPoint, handler);

    /// <summary>Listens for one.</summary>
    public Task<SecureChannel> AcceptOneAsync(IPEndPoint endPoint, Action<EndPoint> listening, CancellationToken cancellationToken) =>
        acceptOne(endPoint, listening, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Renewer is not null) await Renewer.DisposeAsync();
        Expiry.Dispose();
        foreach (RevocationMonitor monitor in Revocation) await monitor.DisposeAsync();
        foreach (IDisposable key in keys) key.Dispose();
    }
}
