using System.Net;
using System.Net.Sockets;

namespace Postern.Cli.Bench;

/// <summary>Pairs of connected TCP sockets on this machine, from one listener, as a server has one.</summary>
internal sealed class LoopbackSockets : IDisposable
{
    private const int Backlog = 16;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    // One after another, so that each client gets its own server.
    private readonly SemaphoreSlim _turn = new(1);

    public LoopbackSockets()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(Backlog);
    }

    public async Task<(NetworkStream Client, NetworkStream Server)> ConnectAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await client.ConnectAsync(_listener.LocalEndPoint!, cancellationToken);
            Socket server = await _listener.AcceptAsync(cancellationToken);
            server.NoDelay = true;
            return (new NetworkStream(client, ownsSocket: true), new NetworkStream(server, ownsSocket: true));
        }
        catch
        {
            client.Dispose();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _turn.Dispose();
    }
}
