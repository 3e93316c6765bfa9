namespace Postern.Connections;

/// <summary>What a host answers connections with until it is told otherwise; connections that began under it stay with it to their end.</summary>
internal sealed class ServedProtocol
{
    private readonly RunningCount _running = new();

    public ServedProtocol(ListenerProtocol protocol, ConnectionLimits limits)
    {
        Protocol = protocol;
        HandshakeTimeout = limits.HandshakeTimeout;
        Context = protocol.Context with { EndsWithHandler = true };
        Gate = new HandshakeGate(limits.MaxConcurrentHandshakes, limits.MaxHandshakeBytes);
    }

    public ListenerProtocol Protocol { get; }

    public ChannelContext Context { get; }

    public HandshakeGate Gate { get; }

    public TimeSpan HandshakeTimeout { get; }

    public void Begin() => _running.Add();

    public void End() => _running.Remove();

    /// <summary>Ends when no connection uses it. Only once none begins any more.</summary>
    public Task WhenUnusedAsync() => _running.WhenNoneAsync();
}
