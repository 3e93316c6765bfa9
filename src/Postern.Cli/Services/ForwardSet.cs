using System.Net;
using Postern.Tunneling;

namespace Postern.Cli.Services;

/// <summary>One tunnel and all that listens here for it.</summary>
internal sealed class ForwardSet : IAsyncDisposable
{
    private readonly TunnelLink _link;
    private readonly List<Forwarder> _forwarders = [];
    private readonly EndPoint _server;

    private ForwardSet(TunnelLink link, EndPoint server)
    {
        _link = link;
        _server = server;
    }

    /// <summary>Where it listens first; the server if only that listens.</summary>
    public EndPoint LocalEndPoint => _forwarders.Count > 0 ? _forwarders[0].LocalEndPoint : _server;

    /// <summary>Fails when it is of no use to dial any more.</summary>
    public Task Completion => _link.Completion;

    /// <summary>Listens at every place. Takes over the link.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">One of the addresses cannot be listened on.</exception>
    public static ForwardSet Start(TunnelLink link, EndPoint server, IEnumerable<(EndPoint Listen, ForwarderOptions Options)> places)
    {
        ForwardSet set = new(link, server);
        try
        {
            foreach ((EndPoint listen, ForwarderOptions options) in places) set._forwarders.Add(Forwarder.Start(listen, options));
            return set;
        }
        catch
        {
            _ = set.DisposeAsync().AsTask();
            throw;
        }
    }

    /// <summary>All that it listens on accepts connections.</summary>
    public bool IsListening => _forwarders.TrueForAll(forwarder => forwarder.IsListening);

    public IReadOnlyList<SecureChannel> GetChannels() => _link.GetChannels();

    public async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        bool[] drained = await Task.WhenAll(_forwarders.Select(forwarder => forwarder.DrainAsync(cancellationToken)));
        return await _link.DrainAsync(cancellationToken) && drained.All(isDone => isDone);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Forwarder forwarder in _forwarders) await forwarder.DisposeAsync();
        await _link.DisposeAsync();
    }
}
