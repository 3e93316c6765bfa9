using System.Net;
using Postern.Connections;

namespace Postern;

/// <summary>A running server of any of the protocols: what it listens on, whom it serves, how it stops.</summary>
public abstract class ChannelServer : IAsyncDisposable
{
    private readonly ChannelListener _listener;

    private protected ChannelServer(ChannelListener listener) => _listener = listener;

    /// <summary>The address it listens on, with the port that was chosen if 0 was asked for.</summary>
    public EndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <summary>Established connections.</summary>
    public int ConnectionCount => _listener.ConnectionCount;

    /// <summary>Unfinished handshakes.</summary>
    public int PendingHandshakeCount => _listener.PendingHandshakeCount;

    /// <summary>True between <see cref="Pause"/> and <see cref="Resume"/>.</summary>
    public bool IsPaused => _listener.IsPaused;

    /// <summary>The server accepts connections, or would if it were not paused. False once it is drained or disposed of.</summary>
    public bool IsListening => _listener.IsListening;

    /// <summary>The channels that are established at this moment. They stay their handlers': look at them, or send.</summary>
    public IReadOnlyList<SecureChannel> GetChannels() => _listener.GetChannels();

    /// <summary>
    /// Sends one message to every established channel, all at once. A channel that fails, or does not take the message in time because
    /// its peer does not read, is broken off: half a packet may be on its wire. Nobody else waits for it.
    /// </summary>
    /// <param name="message">1 to 65,472 bytes, which fits every protocol.</param>
    /// <param name="timeout">Longest time for one channel; 10 s if null.</param>
    /// <param name="cancellationToken">Breaks off the channels that have not taken the message yet.</param>
    /// <returns>How many channels took it, and how many failed.</returns>
    /// <exception cref="ArgumentException">The message is empty or too large.</exception>
    public Task<BroadcastResult> BroadcastAsync(
        ReadOnlyMemory<byte> message, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Broadcast.SendAsync(_listener.GetChannels(), message, timeout ?? Broadcast.DefaultTimeout, cancellationToken);

    /// <summary>Accepts no new connections until <see cref="Resume"/>; those that are there go on.</summary>
    public void Pause() => _listener.Pause();

    /// <summary>Accepts connections again.</summary>
    public void Resume() => _listener.Resume();

    /// <summary>Answers new connections as a protocol's <c>Update</c> says.</summary>
    private protected Task Update(ListenerProtocol protocol, ServerOptions options) => _listener.Update(protocol, options);

    /// <summary>Stops listening and waits until every connection has ended by itself.</summary>
    /// <returns>False if <paramref name="cancellationToken"/> came first; <see cref="DisposeAsync"/> then cuts the rest.</returns>
    public Task<bool> DrainAsync(CancellationToken cancellationToken = default) => _listener.DrainAsync(cancellationToken);

    /// <summary>
    /// Stops listening, cancels the handlers and waits for them. A handler that returns at once ends its channel with a goodbye; the others
    /// are cut after a moment. For an end that loses nothing call <see cref="DrainAsync"/> before.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
