using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>
/// The server's side of port forwarding: accepts tunnels and relays each to a connection of its own to the target. A client whose target
/// cannot be reached sees its tunnel break off.
/// </summary>
public sealed class Exposer : IAsyncDisposable
{
    private readonly ExposerOptions _options;
    private readonly ILogger _logger;
    private readonly ChannelServer _server;
    private readonly ConcurrentBag<ExposedTunnels> _allTunnels = [];
    private volatile ExposedTunnels? _tunnels;

    private Exposer(ExposerOptions options)
    {
        _options = options;
        _logger = options.LoggerFactory.CreateLogger("Postern.Exposer");
        if (options.Streams is { } streams) Serve(streams);
        _server = options.Listen(_tunnels is null ? RelayAsync : (channel, cancellationToken) => _tunnels.RunAsync(channel, cancellationToken));
        ForwardingLog.Exposing(_logger, _server.LocalEndPoint, options.Target is { } target ? EndPointText.Of(target) : "what their clients name");
    }

    /// <summary>The address it listens on.</summary>
    public EndPoint LocalEndPoint => _server.LocalEndPoint;

    /// <summary>The server that accepts the tunnels.</summary>
    public ChannelServer Server => _server;

    /// <summary>Connections and bytes so far.</summary>
    public RelayTraffic Traffic { get; } = new();

    /// <summary>Listens for tunnels.</summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static Exposer Start(ExposerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Target is null && options.Streams is null) throw new ArgumentException("Tunnels that are one connection each need a target.", nameof(options));
        return new Exposer(options);
    }

    /// <summary>Serves the streams of new tunnels by these rules; tunnels that are there keep theirs, and are not counted with the new.</summary>
    /// <exception cref="InvalidOperationException">It serves tunnels that are one connection each.</exception>
    public void Update(ExposedStreams streams)
    {
        ArgumentNullException.ThrowIfNull(streams);
        if (_tunnels is null) throw new InvalidOperationException("This exposer was started without streams.");
        Serve(streams);
    }

    /// <summary>
    /// Stops listening and waits until every connection has ended by itself. Tunnels of many streams take no more of them, and are closed when the last has
    /// ended.
    /// </summary>
    /// <returns>False if <paramref name="cancellationToken"/> came first; <see cref="DisposeAsync"/> then cuts the rest.</returns>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken = default)
    {
        foreach (ExposedTunnels tunnels in _allTunnels) await tunnels.BeginDrainingAsync().ConfigureAwait(false);
        return await _server.DrainAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops listening and cuts what is there: the peers of a cut connection see a reset, not an end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        foreach (ExposedTunnels tunnels in _allTunnels) tunnels.Dispose();
    }

    private void Serve(ExposedStreams streams)
    {
        ExposedTunnels tunnels = new(_options, streams, Traffic);
        _allTunnels.Add(tunnels);
        _tunnels = tunnels;
    }

    private async Task RelayAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        Traffic.Begin();
        try
        {
            Socket target = await TcpConnector.ConnectAsync(_options.Target!, _options.TargetTimeout, cancellationToken).ConfigureAwait(false);
            await TargetGreeting.SendAsync(target, _options.ProxyHeader, channel, null, null).ConfigureAwait(false);
            await StreamRelay.RunAsync(channel, new SocketEnd(target), Traffic, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelException exception) when (exception.Error == ChannelError.ConnectionFailed)
        {
            Traffic.Fail();
            ForwardingLog.TargetFailed(_logger, channel.RemoteEndPoint, exception.Message);
            await channel.AbortAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // The relay has cut both sides.
            Traffic.Fail();
            ForwardingLog.Cut(_logger, channel.RemoteEndPoint, exception.Message);
            await channel.AbortAsync().ConfigureAwait(false);
        }
        finally
        {
            Traffic.End();
        }
    }
}
