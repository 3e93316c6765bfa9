namespace Postern;

/// <summary>
/// One connection of a client that dials again. What was sent on earlier ones and not acknowledged is listed, and never sent again by
/// itself: only the application knows whether a message may arrive twice.
/// </summary>
public sealed class ReconnectingSession
{
    private readonly DeliveryLog _log;

    internal ReconnectingSession(SecureChannel channel, int connection, ChannelException? lastFailure, DeliveryLog log)
    {
        Channel = channel;
        Connection = connection;
        LastFailure = lastFailure;
        _log = log;
        Unacknowledged = log.BeforeConnection(connection);
        DroppedCount = log.DroppedCount;
    }

    /// <summary>The channel of this connection.</summary>
    public SecureChannel Channel { get; }

    /// <summary>Counted from 1.</summary>
    public int Connection { get; }

    /// <summary>Why the last connection, or the last attempt at one, failed; null for the first.</summary>
    public ChannelException? LastFailure { get; }

    /// <summary>What was sent on earlier connections and not acknowledged, as this one began.</summary>
    public IReadOnlyList<UnacknowledgedMessage> Unacknowledged { get; }

    /// <summary>How many more there were than could be remembered.</summary>
    public long DroppedCount { get; }

    /// <summary>Sends one message and returns its number, which goes on over all connections. The protocols have no acknowledgements of their own.</summary>
    /// <inheritdoc cref="SecureChannel.SendAsync" path="/exception"/>
    public async ValueTask<long> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        // Before it is sent: a failure leaves open whether it arrived.
        long number = _log.Add(message.Length, Connection);
        await Channel.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return number;
    }

    /// <summary>The application knows, by an answer of the peer's, that this message and all before it have arrived.</summary>
    public void Acknowledge(long number) => _log.Acknowledge(number);
}
