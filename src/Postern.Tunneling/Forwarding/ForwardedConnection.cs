using System.Net;
using System.Net.Sockets;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>One accepted connection of a forwarder and its tunnel.</summary>
internal sealed class ForwardedConnection(Socket socket)
{
    public EndPoint? Remote { get; private set; }

    /// <summary>The tunnel, once it is there.</summary>
    public SecureChannel? Channel { get; private set; }

    public async Task RunAsync(ForwarderOptions options, RelayTraffic traffic, CancellationToken cancellationToken)
    {
        // Disposing before the relay has ended well is a reset.
        using (socket)
        {
            SocketEnd plain = new(socket);
            TcpConnector.Configure(socket);
            Remote = TcpConnector.RemoteOf(socket);
            Channel = await options.Connect(cancellationToken).ConfigureAwait(false);
            await StreamRelay.RunAsync(Channel, plain, traffic, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask CutIfIdleAsync(TimeSpan timeout)
    {
        if (Channel is not { } channel || channel.IdleTime < timeout) return;
        await channel.AbortAsync(new ChannelException(
            ChannelError.IdleTimeout, $"Nothing was sent or received for {timeout.TotalSeconds:0.#} s.")).ConfigureAwait(false);
    }
}
