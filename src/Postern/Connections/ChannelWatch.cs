namespace Postern.Connections;

/// <summary>
/// Finds the channels that have to end because they are not trusted any more. Those that a host serves are in its table, and cost nothing here; of
/// others a weak reference is kept, so that whoever forgets a channel does not keep it alive.
/// </summary>
internal sealed class ChannelWatch
{
    private const int LeastPurge = 64;

    // A peer that does not read must not hold up the end of the others.
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly HashSet<ChannelHost> _hosts = [];
    private readonly List<WeakReference<SecureChannel>> _channels = [];
    private int _purgeAt = LeastPurge;

    /// <summary>References that are kept.</summary>
    public int ReferenceCount
    {
        get
        {
            lock (_lock) return _channels.Count;
        }
    }

    public void Add(ChannelHost host)
    {
        lock (_lock) _hosts.Add(host);
    }

    public void Remove(ChannelHost host)
    {
        lock (_lock) _hosts.Remove(host);
    }

    /// <summary>Watches a channel that no host serves.</summary>
    public void Add(SecureChannel channel)
    {
        lock (_lock)
        {
            if (_channels.Count >= _purgeAt)
            {
                // Twice what is left, so that a purge is paid for by the channels added since.
                _channels.RemoveAll(reference => !reference.TryGetTarget(out SecureChannel? known) || known.IsOver);
                _purgeAt = Math.Max(LeastPurge, 2 * _channels.Count);
            }

            _channels.Add(new WeakReference<SecureChannel>(channel));
        }
    }

    /// <summary>Ends every channel whose trust refuses it: a goodbye with the reason's code, then the end. Never throws.</summary>
    /// <returns>How many.</returns>
    public async Task<int> EndRefusedAsync()
    {
        using CancellationTokenSource deadline = new(GoodbyeTime);
        List<Task> ending = [];
        foreach (SecureChannel channel in Channels())
        {
            if (!channel.IsOver && channel.Ends.Trust?.Refusal is { } reason) ending.Add(channel.EndAsync(reason, deadline.Token));
        }

        await Task.WhenAll(ending).ConfigureAwait(false);
        return ending.Count;
    }

    /// <summary>Has every host look at what it answers with.</summary>
    public void Review()
    {
        ChannelHost[] hosts;
        lock (_lock) hosts = [.. _hosts];
        foreach (ChannelHost host in hosts) host.Review();
    }

    private List<SecureChannel> Channels()
    {
        lock (_lock)
        {
            List<SecureChannel> channels = [];
            foreach (ChannelHost host in _hosts) channels.AddRange(host.GetChannels());
            foreach (WeakReference<SecureChannel> reference in _channels)
            {
                if (reference.TryGetTarget(out SecureChannel? channel)) channels.Add(channel);
            }

            return channels;
        }
    }
}
