using System.Net;
using System.Net.Sockets;

namespace Postern.Tunneling;

/// <summary>How the connections of a forwarder get into a tunnel.</summary>
public abstract class ForwardingPath
{
    private protected ForwardingPath()
    {
    }

    /// <summary>
    /// Each connection gets a tunnel of its own: any server of the protocol will do. Give the channels'
    /// <see cref="ChannelOptions.PacketTolerance"/> room for readers that stand still.
    /// </summary>
    /// <param name="connect">Opens one tunnel: a client of any protocol.</param>
    public static ForwardingPath TunnelEach(ChannelConnector connect)
    {
        ArgumentNullException.ThrowIfNull(connect);
        return new TunnelPath(connect);
    }

    /// <summary>All connections share a tunnel, each as a stream to the same target.</summary>
    public static ForwardingPath StreamEach(TunnelLink link, StreamTarget target)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(target);
        return new StreamPath(link, DescriptionOf(target), (_, _) => Task.FromResult(target), (_, _) => Task.CompletedTask);
    }

    /// <summary>All connections share a tunnel, and say by SOCKS5 (RFC 1928, without authentication) where each leads.</summary>
    public static ForwardingPath Socks5(TunnelLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return new StreamPath(link, "what SOCKS5 clients name", Socks5Server.ReadRequestAsync, Socks5Server.AnswerAsync);
    }

    /// <summary>Where connections lead, for the log.</summary>
    internal abstract string Describe(string server);

    /// <summary>Carries one connection to its end. Takes over <paramref name="plain"/>.</summary>
    internal abstract Task RunAsync(ForwardedConnection connection, SocketEnd plain, ForwarderOptions options, RelayTraffic traffic, CancellationToken cancellationToken);

    private static string DescriptionOf(StreamTarget target) =>
        target.Kind == StreamTargetKind.Default ? "the server's target" : target.Value;

    private sealed class TunnelPath(ChannelConnector connect) : ForwardingPath
    {
        internal override string Describe(string server) => server;

        internal override async Task RunAsync(ForwardedConnection connection, SocketEnd plain, ForwarderOptions options, RelayTraffic traffic, CancellationToken cancellationToken)
        {
            SecureChannel channel = await connect(cancellationToken).ConfigureAwait(false);
            connection.Carried(channel);
            await StreamRelay.RunAsync(channel, plain, traffic, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A stream for each connection.</summary>
    /// <param name="link">The tunnel.</param>
    /// <param name="description">Where connections lead.</param>
    /// <param name="askTarget">Finds out where a connection leads.</param>
    /// <param name="answer">Tells the connection what became of it: null if it is open.</param>
    private sealed class StreamPath(
        TunnelLink link, string description, Func<PlainEnd, CancellationToken, Task<StreamTarget>> askTarget, Func<PlainEnd, Exception?, Task> answer) : ForwardingPath
    {
        internal override string Describe(string server) => $"{description} through {server}";

        internal override async Task RunAsync(ForwardedConnection connection, SocketEnd plain, ForwarderOptions options, RelayTraffic traffic, CancellationToken cancellationToken)
        {
            StreamTarget target = await askTarget(plain, cancellationToken).ConfigureAwait(false);
            MultiplexedStream stream;
            try
            {
                stream = await link.OpenAsync(target, connection.Remote as IPEndPoint, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or ChannelException)
            {
                await answer(plain, exception).ConfigureAwait(false);
                throw;
            }

            try
            {
                await answer(plain, null).ConfigureAwait(false);
                connection.Carried(channel: null);
                await new EndRelay(plain, stream, traffic).RunAsync(options.IdleTimeout, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await stream.AbortAsync().ConfigureAwait(false);
            }
        }
    }
}
