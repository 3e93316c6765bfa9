using System.Net;
using System.Net.Sockets;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>Leads a stream that the peer opened to a target of this side.</summary>
internal static class StreamDelivery
{
    /// <summary>
    /// Connects to the first of the addresses that answers, accepts the stream, and relays until both directions have ended. If none answers, the stream is
    /// refused, and the last failure thrown.
    /// </summary>
    /// <param name="incoming">The stream.</param>
    /// <param name="addresses">Where it may lead, one at least.</param>
    /// <param name="timeout">Longest time for connecting to each.</param>
    /// <param name="greet">Says to the target what it is to hear first; null for nothing.</param>
    /// <param name="idleTimeout">Cuts what is silent for so long; infinite for never.</param>
    /// <param name="traffic">Where bytes are counted.</param>
    /// <param name="cancellationToken">Cuts both sides.</param>
    public static async Task RunAsync(
        IncomingStream incoming,
        IReadOnlyList<EndPoint> addresses,
        TimeSpan timeout,
        Func<Socket, Task>? greet,
        TimeSpan idleTimeout,
        RelayTraffic traffic,
        CancellationToken cancellationToken)
    {
        Socket socket;
        try
        {
            socket = await ConnectAsync(addresses, timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelException exception)
        {
            incoming.Refuse(StreamRefusal.Unreachable, exception.Message);
            throw;
        }

        using (socket)
        {
            if (greet is not null) await greet(socket).ConfigureAwait(false);
            MultiplexedStream stream = await incoming.AcceptAsync().ConfigureAwait(false);
            await new EndRelay(new SocketEnd(socket), stream, traffic).RunAsync(idleTimeout, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<Socket> ConnectAsync(IReadOnlyList<EndPoint> addresses, TimeSpan timeout, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                return await TcpConnector.ConnectAsync(addresses[i], timeout, cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelException) when (i + 1 < addresses.Count)
            {
                // The next one may answer.
            }
        }
    }
}
