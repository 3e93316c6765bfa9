using System.Net;
using Microsoft.AspNetCore.Connections;
using Postern.Connections;

namespace Postern.Authority.Service;

/// <summary>How many connections of a network are open: one that opens all that there may be leaves none to others.</summary>
internal sealed class ConnectionPlaces(int perNetwork)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _open = [];

    /// <summary>Serves a connection, or cuts it if its network has as many as it may have.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        IPAddress network = ConnectionTable.NetworkOf(connection.RemoteEndPoint);
        if (!TryTake(network))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Leave(network);
        }
    }

    private bool TryTake(IPAddress network)
    {
        lock (_lock)
        {
            int open = _open.GetValueOrDefault(network);
            if (open >= perNetwork) return false;
            _open[network] = open + 1;
            return true;
        }
    }

    private void Leave(IPAddress network)
    {
        lock (_lock)
        {
            if (--_open[network] == 0) _open.Remove(network);
        }
    }
}
