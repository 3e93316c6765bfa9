using System.Net.Sockets;

namespace Postern.Cli.Bench;

/// <summary>A tunnel over TCP with both ends in this process.</summary>
internal sealed class LoopbackTunnel : IAsyncDisposable
{
    /// <summary>Time for a handshake: the slowest sets need seconds on a slow machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private LoopbackTunnel(Stream client, Stream server)
    {
        Client = client;
        Server = server;
    }

    /// <summary>A server's limits with that time.</summary>
    public static ConnectionLimits Limits { get; } = new() { HandshakeTimeout = Patience };

    public Stream Client { get; }

    public Stream Server { get; }

    /// <summary>Connects and runs the handshake, both ends side by side.</summary>
    public static async Task<LoopbackTunnel> OpenAsync(LoopbackSockets sockets, ITunnelPair pair, CancellationToken cancellationToken)
    {
        (NetworkStream clientSocket, NetworkStream serverSocket) = await sockets.ConnectAsync(cancellationToken);
        Task<Stream> accepting = Task.Run(() => pair.AcceptAsync(serverSocket, cancellationToken), cancellationToken);
        Stream client = await pair.ConnectAsync(clientSocket, cancellationToken);
        return new LoopbackTunnel(client, await accepting);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
