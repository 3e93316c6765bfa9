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
    private readonly Dictionary<IPAddress, NetworkUse> _byNetwork = [];
    private bool _closed;
    private readonly ConnectRate _rate = new(limits.MaxConnectsPerSecondPerAddress, clock);

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

    /// <summary>Takes a new connection in, or returns false if there is no room. The oldest unfinished handshake may have to go for it.</summary>
    public bool TryAdd(Connection connection)
    {
        Connection? evicted = null;
        lock (_lock)
        {
            if (_closed) return false;
            if (_established.Count + _pending.Count >= limits.MaxConnections + limits.MaxPendingHandshakes) return false;
            if (_established.Count >= limits.MaxConnections) return false;
            if (!_rate.TryTake(connection.Network)) return false;
            if (_byNetwork.GetValueOrDefault(connection.Network).Connections >= limits.MaxConnectionsPerAddress) return false;
            if (_pending.Count >= limits.MaxPendingHandshakes) EndPending(evicted = OldestOfTheGreediest());
            ref NetworkUse use = ref CollectionsMarshal.GetValueRefOrAddDefault(_byNetwork, connection.Network, out _);
            use.Connections++;
            use.Pending++;
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
            if (connection.PendingNode is null || _established.Count >= limits.MaxConnections) return false;
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
            ref NetworkUse use = ref CollectionsMarshal.GetValueRefOrNullRef(_byNetwork, connection.Network);
            if (--use.Connections == 0) _byNetwork.Remove(connection.Network);
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

    // Of the network that has the most unfinished handshakes: a flood makes room for itself.
    private Connection OldestOfTheGreediest()
    {
        IPAddress greediest = _byNetwork.MaxBy(use => use.Value.Pending).Key;
        return _pending.First(pending => pending.Network.Equals(greediest));
    }

    private void EndPending(Connection connection)
    {
        _pending.Remove(connection.PendingNode!);
        connection.PendingNode = null;
        CollectionsMarshal.GetValueRefOrNullRef(_byNetwork, connection.Network).Pending--;
    }

    /// <summary>What one network has.</summary>
    private struct NetworkUse
    {
        public int Connections;

        public int Pending;
    }

    /// <summary>One accepted connection.</summary>
    internal sealed class Connection(EndPoint? remote, CancellationToken stop) : IDisposable
    {
        private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stop);

        public IPAddress Network { get; } = NetworkOf(remote);

        public CancellationToken Token => _cancellation.Token;

        public SecureChannel? Channel { get; set; }

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
