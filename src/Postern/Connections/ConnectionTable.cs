using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Postern.Connections;

/// <summary>
/// The listener's connections, by identity and never by an index that could be another's: each entry is owned by its own connection.
/// (QSTP §13.1, §13.4)
/// </summary>
internal sealed class ConnectionTable(ConnectionLimits limits, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Connection> _pending = new();
    private readonly HashSet<Connection> _established = [];
    private readonly Dictionary<IPAddress, int> _byNetwork = [];

    // Only networks with unfinished handshakes: in a flood all of it is looked at for each connection, and there may be many more established.
    private readonly Dictionary<IPAddress, int> _pendingByNetwork = [];
    private bool _closed;
    private readonly ConnectRate _rate = new(limits.MaxConnectsPerSecondPerAddress, clock);
    private ConnectionLimits _limits = limits;

    public int PendingCount
    {
        get
        {
            lock (_lock) return _pending.Count;
        }
    }

    public int EstablishedCount
    {
        get
        {
            lock (_lock) return _established.Count;
        }
    }

    /// <summary>Other limits from now on. Nobody is dropped for them.</summary>
    public void Update(ConnectionLimits newLimits)
    {
        lock (_lock)
        {
            _limits = newLimits;
            _rate.PerSecond = newLimits.MaxConnectsPerSecondPerAddress;
        }
    }

    /// <summary>Takes a new connection in, or returns false if there is no room. The oldest unfinished handshake may have to go for it.</summary>
    public bool TryAdd(Connection connection)
    {
        Connection? evicted = null;
        lock (_lock)
        {
            if (_closed) return false;
            if (_established.Count + _pending.Count >= _limits.MaxConnections + _limits.MaxPendingHandshakes) return false;
            if (_established.Count >= _limits.MaxConnections) return false;
            if (!_rate.TryTake(connection.Network)) return false;
            if (_byNetwork.GetValueOrDefault(connection.Network) >= _limits.MaxConnectionsPerAddress) return false;
            if (_pending.Count >= _limits.MaxPendingHandshakes) EndPending(evicted = OldestOfTheGreediest());
            CollectionsMarshal.GetValueRefOrAddDefault(_byNetwork, connection.Network, out _)++;
            CollectionsMarshal.GetValueRefOrAddDefault(_pendingByNetwork, connection.Network, out _)++;
            connection.PendingNode = _pending.AddLast(connection);
        }

        evicted?.Cancel();
        return true;
    }

    /// <summary>Takes nobody in any more.</summary>
    /// <returns>The connections that are there, finished handshakes or not.</returns>
    public Connection[] Close()
    {
        lock (_lock)
        {
            _closed = true;
            return [.. _pending, .. _established];
        }
    }

    /// <summary>The handshake is done. False if there is no room, or the connection was dropped meanwhile.</summary>
    public bool TryEstablish(Connection connection)
    {
        lock (_lock)
        {
            if (connection.PendingNode is null || _established.Count >= _limits.MaxConnections) return false;
            EndPending(connection);
            return _established.Add(connection);
        }
    }

    public void Remove(Connection connection)
    {
        lock (_lock)
        {
            if (connection.PendingNode is not null) EndPending(connection);
            _established.Remove(connection);
            CountDown(_byNetwork, connection.Network);
        }
    }

    /// <summary>A copy of the established connections, for sweeps and for closing.</summary>
    public Connection[] Established()
    {
        lock (_lock) return [.. _established];
    }

    /// <summary>IPv4 addresses count alone, IPv6 addresses by their /64 network: a host has 2^64 of those.</summary>
    public static IPAddress NetworkOf(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: { } address }) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    // Of the networks that have the most unfinished handshakes: a flood makes room for itself. Where many have as many it is the oldest of all:
    // those that stall go, and not whoever came last.
    private Connection OldestOfTheGreediest()
    {
        int most = _pendingByNetwork.Values.Max();
        return _pending.First(pending => _pendingByNetwork[pending.Network] == most);
    }

    private void EndPending(Connection connection)
    {
        _pending.Remove(connection.PendingNode!);
        connection.PendingNode = null;
        CountDown(_pendingByNetwork, connection.Network);
    }

    private static void CountDown(Dictionary<IPAddress, int> counts, IPAddress network)
    {
        if (--CollectionsMarshal.GetValueRefOrNullRef(counts, network) == 0) counts.Remove(network);
    }

    /// <summary>One accepted connection.</summary>
    internal sealed class Connection(ChannelEnds ends, CancellationToken stop) : IDisposable
    {
        private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stop);

        /// <summary>Its addresses, and what else is known by now.</summary>
        public ChannelEnds Ends { get; set; } = ends;

        public EndPoint? Remote => Ends.RemoteEndPoint;

        public IPAddress Network { get; } = NetworkOf(ends.RemoteEndPoint);

        public CancellationToken Token => _cancellation.Token;

        public SecureChannel? Channel { get; set; }

        /// <summary>What a host answers it with; null for whoever accepts one only.</summary>
        public ServedProtocol? Served { get; init; }

        public LinkedListNode<Connection>? PendingNode { get; set; }

        public void Cancel()
        {
            try
            {
                _cancellation.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended at the same moment.
            }
        }

        public void Dispose() => _cancellation.Dispose();
    }
}
