using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>One accepted connection of a forwarder and what carries it.</summary>
internal sealed class ForwardedConnection(Socket socket)
{
    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10);

    private EndRelay? _relay;

    public EndPoint? Remote { get; private set; }

    /// <summary>The tunnel, if the connection has one of its own and it is there.</summary>
    public SecureChannel? Channel { get; private set; }

    /// <summary>It has got as far as being relayed.</summary>
    public bool IsCarried => Channel is not null || _relay is not null;

    public async Task RunAsync(ForwarderOptions options, RelayTraffic traffic, CancellationToken cancellationToken)
    {
        // Disposing before the relay has ended well is a reset.
        using (socket)
        {
            SocketEnd plain = new(socket);
            TcpConnector.Configure(socket);
            Remote = TcpConnector.RemoteOf(socket);
            if (options.AcceptsProxyHeader) Remote = await FramedBytes.WithinAsync(plain, HeaderPatience, () => ReadProxyHeaderAsync(plain), cancellationToken).ConfigureAwait(false) ?? Remote;
            await options.Path.RunAsync(this, plain, traffic, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<IPEndPoint?> ReadProxyHeaderAsync(PlainEnd plain)
    {
        try
        {
            byte[] head = await FramedBytes.ReadAsync(plain, ProxyHeader.HeadSize).ConfigureAwait(false);
            byte[] body = await FramedBytes.ReadAsync(plain, ProxyHeader.BodySize(head)).ConfigureAwait(false);
            return ProxyHeader.Parse(head, body);
        }
        catch (FormatException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>Gives log lines the number of the connection's own tunnel, if it has one.</summary>
    public IDisposable? BeginScope(ILogger logger) => Channel is { } channel ? logger.BeginScope(new ConnectionScope(channel.Ends.Id)) : null;

    public void Carried(SecureChannel channel) => Channel = channel;

    public void Carried(EndRelay relay) => _relay = relay;

    public async ValueTask CutIfIdleAsync(TimeSpan timeout)
    {
        if (Channel is { } channel && channel.IdleTime >= timeout)
        {
            await channel.AbortAsync(new ChannelException(ChannelError.IdleTimeout, $"Nothing was sent or received for {timeout.TotalSeconds:0.#} s.")).ConfigureAwait(false);
        }

        if (_relay is { } relay) await relay.CutIfIdleAsync(timeout).ConfigureAwait(false);
    }
}
