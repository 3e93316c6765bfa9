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
    private readonly Dictionary<IPAddress, int> _byAddress = [];
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
            if (_established.Count + _pending.Count >= limits.MaxConnections + limits.MaxPendingHandshakes) return false;
            if (_established.Count >= limits.MaxConnections) return false;
            if (!_rate.TryTake(connection.Network)) return false;
            ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_byAddress, connection.Network, out _);
            if (count >= limits.MaxConnectionsPerAddress)
            {
                if (count == 0) _byAddress.Remove(connection.Network);
                return false;
            }

            count++;
            if (_pending.Count >= limits.MaxPendingHandshakes)
            {
                evicted = GreediestsOldest();
                _pending.Remove(evicted.PendingNode!);
                evicted.PendingNode = null;
            }

            connection.PendingNode = _pending.AddLast(connection);
        }

        evicted?.Cancel();
        return true;
    }

    // The oldest unfinished handshake of the network that has the most: a flood makes room for itself.
    private Connection GreediestsOldest()
    {
        Dictionary<IPAddress, int> counts = [];
        IPAddress greediest = _pending.First!.Value.Network;
        foreach (Connection pending in _pending)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, pending.Network, out _);
            count++;
            if (count > counts[greediest]) greediest = pending.Network;
        }

        return _pending.First(pending => pending.Network.Equals(greediest));
    }

    /// <summary>The handshake is done. False if there is no room, or the connection was dropped meanwhile.</summary>
    public bool TryEstablish(Connection connection)
    {
        lock (_lock)
        {
            if (connection.PendingNode is null || _established.Count >= limits.MaxConnections) return false;
            _pending.Remove(connection.PendingNode);
            connection.PendingNode = null;
            return _established.Add(connection);
        }
    }

    public void Remove(Connection connection)
    {
        lock (_lock)
        {
            if (connection.PendingNode is { } node) _pending.Remove(node);
            connection.PendingNode = null;
            _established.Remove(connection);
            ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_byAddress, connection.Network);
            if (--count == 0) _byAddress.Remove(connection.Network);
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
