using System.Net;
using Postern.Connections;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Who has to go when there are too many unfinished handshakes.</summary>
public sealed class ConnectionTableTests
{
    private readonly ConnectionTable _table = new(new ConnectionLimits { MaxPendingHandshakes = 3 }, FakeClock.At("2026-06-01"));
    private readonly List<ConnectionTable.Connection> _there = [];

    [Fact]
    public void Of_networks_that_have_as_many_the_oldest_handshake_goes_and_never_the_newest()
    {
        ConnectionTable.Connection[] connections = [.. Enumerable.Range(1, 10).Select(Add)];
        Assert.All(connections[..7], connection => Assert.True(connection.Token.IsCancellationRequested));
        Assert.All(connections[7..], connection => Assert.False(connection.Token.IsCancellationRequested));

        // Each is added when the one before it that had to go has gone.
        ConnectionTable.Connection Add(int network)
        {
            ConnectionTable.Connection connection = Of(network);
            Assert.True(_table.TryAdd(connection));
            _there.Add(connection);
            if (_there.Find(other => other.Token.IsCancellationRequested) is not { } evicted) return connection;
            _table.Remove(evicted);
            _there.Remove(evicted);
            return connection;
        }
    }

    [Fact]
    public void A_network_with_several_makes_room_for_others_though_theirs_are_older()
    {
        ConnectionTable.Connection[] connections = [Of(1), Of(2), Of(2), Of(3)];
        Assert.All(connections, connection => Assert.True(_table.TryAdd(connection)));
        Assert.Equal([false, true, false, false], connections.Select(connection => connection.Token.IsCancellationRequested));
        Assert.True(_table.TryEstablish(connections[0]));
        Assert.False(_table.TryEstablish(connections[1]));
        foreach (ConnectionTable.Connection connection in connections) _table.Remove(connection);
        Assert.Equal(0, _table.PendingCount + _table.EstablishedCount);
    }

    private static ConnectionTable.Connection Of(int network) =>
        new(new ChannelEnds { RemoteEndPoint = new IPEndPoint(new IPAddress([10, 0, 0, (byte)network]), 1) }, CancellationToken.None);
}
