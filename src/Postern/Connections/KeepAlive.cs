namespace Postern.Connections;

/// <summary>
/// Sends a keep-alive when this side was silent for its interval, and ends the channel when the peer, while someone waits for it, was
/// silent for three of its own. An extension between Postern peers. (docs/wire-extensions.md)
/// </summary>
internal sealed class KeepAlive : IDisposable
{
    private const int MissedIntervals = 3;

    // A peer's longer interval is respected up to this many of ours: it must not switch the watch off.
    private const int MostPatience = 10;

    private readonly TimeSpan _interval;
    private readonly ChannelLife _life;
    private readonly ChannelSender _sender;
    private readonly ChannelReceiver _receiver;
    private readonly ITimer _timer;
    private int _busy;

    private KeepAlive(TimeSpan interval, ChannelLife life, ChannelSender sender, ChannelReceiver receiver)
    {
        _interval = interval;
        _life = life;
        _sender = sender;
        _receiver = receiver;

        // Four looks an interval: a keep-alive is at most a quarter late.
        _timer = life.Context.Clock.TimeProvider.CreateTimer(_ => _ = LookAsync(), null, interval / 4, interval / 4);
        life.KeepAlive = this;
    }

    /// <summary>Begins; it ends with the channel.</summary>
    public static void Start(TimeSpan interval, ChannelLife life, ChannelSender sender, ChannelReceiver receiver) =>
        _ = new KeepAlive(interval, life, sender, receiver);

    public void Dispose() => _timer.Dispose();

    private async Task LookAsync()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0) return;
        try
        {
            TimeSpan peerInterval = _interval;
            if (_receiver.PeerInterval is { } announced && announced > _interval) peerInterval = announced < _interval * MostPatience ? announced : _interval * MostPatience;
            if (_receiver.Silence > peerInterval * MissedIntervals)
            {
                await _life.FailAsync(new ChannelException(
                    ChannelError.IdleTimeout,
                    $"The peer sent nothing for {_receiver.Silence.TotalSeconds:0.#} s, not even a keep-alive.")).ConfigureAwait(false);
                return;
            }

            // A send that stands still means that the peer does not read; three intervals of that are noticed on the other side.
            if (_life.Activity.SendIdleTime >= _interval) await _sender.KeepAliveAsync(_interval, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The channel has ended, and tells its users why.
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}
