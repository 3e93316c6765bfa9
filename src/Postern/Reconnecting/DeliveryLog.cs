namespace Postern;

/// <summary>Numbers messages over all connections and remembers which were not acknowledged. Safe for any thread.</summary>
internal sealed class DeliveryLog(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<UnacknowledgedMessage> _unacknowledged = new();
    private long _last;
    private long _dropped;

    /// <summary>Unacknowledged messages that are no longer in the list, because there were too many.</summary>
    public long DroppedCount
    {
        get
        {
            lock (_lock) return _dropped;
        }
    }

    public long Add(int size, int connection)
    {
        lock (_lock)
        {
            if (_unacknowledged.Count == capacity)
            {
                _unacknowledged.Dequeue();
                _dropped++;
            }

            _unacknowledged.Enqueue(new UnacknowledgedMessage(++_last, size, connection));
            return _last;
        }
    }

    public void Acknowledge(long number)
    {
        lock (_lock)
        {
            while (_unacknowledged.TryPeek(out UnacknowledgedMessage oldest) && oldest.Number <= number) _unacknowledged.Dequeue();
            if (_unacknowledged.Count < capacity && (_unacknowledged.Count == 0 || number >= _last)) _dropped = 0;
        }
    }

    public UnacknowledgedMessage[] BeforeConnection(int connection)
    {
        lock (_lock) return [.. _unacknowledged.Where(message => message.Connection < connection)];
    }
}
