using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>One accepted connection of a forwarder and what carries it.</summary>
internal sealed class ForwardedConnection(Socket socket)
{
    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10);

    public EndPoint? Remote { get; private set; }

    /// <summary>The tunnel, if the connection has one of its own and it is there.</summary>
    public SecureChannel? Channel { get; private set; }

    /// <summary>It has got as far as being relayed.</summary>
    public bool IsCarried { get; private set; }

    public async Task RunAsync(ForwarderOptions options, RelayTraffic traffic, CancellationToken cancellationToken)
    {
        // Disposing before the relay has ended well is a reset.
        using (socket)
        {
            SocketEnd plain = new(socket);
            TcpConnector.Configure(socket);
            Remote = TcpConnector.RemoteOf(socket);
            if (options.AcceptsProxyHeader) Remote = await FramedBytes.WithinAsync(plain, HeaderPatience, () => ReadProxyHeaderAsync(plain), cancellationToken).ConfigureAwait(false) ?? Remote;
            await options.Path.RunAsync(this, plain, options, traffic, cancellationToken).ConfigureAwait(false);
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

    /// <summary>From now on it is relayed.</summary>
    /// <param name="channel">Its own tunnel; null if it has a stream of one that others share.</param>
    public void Carried(SecureChannel? channel)
    {
        Channel = channel;
        IsCarried = true;
    }

    /// <summary>Cuts its own tunnel if that is silent for so long. Streams look after that themselves.</summary>
    public async ValueTask CutIfIdleAsync(TimeSpan timeout)
    {
        if (Channel is not { } channel || channel.IdleTime < timeout) return;
        await channel.AbortAsync(new ChannelException(ChannelError.IdleTimeout, $"Nothing was sent or received for {timeout.TotalSeconds:0.#} s.")).ConfigureAwait(false);
    }
}
