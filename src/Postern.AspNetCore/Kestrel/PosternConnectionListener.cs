using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Postern.Connections;

namespace Postern.AspNetCore.Kestrel;

/// <summary>
/// Gives Kestrel the connections whose handshake is done. Limits, deadlines and failed handshakes are the <see cref="ChannelListener"/>'s:
/// Kestrel never sees them.
/// </summary>
internal sealed class PosternConnectionListener : IConnectionListener
{
    private readonly PosternEndpoints _endpoints;
    private readonly ChannelListener _listener;
    private readonly Channel<PosternConnection> _established =
        Channel.CreateUnbounded<PosternConnection>(new UnboundedChannelOptions { SingleReader = true });

    public PosternConnectionListener(PosternEndPoint endPoint, ILoggerFactory loggers, PosternEndpoints endpoints)
    {
        _endpoints = endpoints;
        _listener = endPoint.Protocol.Listen(endPoint.Address, loggers, HandleAsync);
        EndPoint = new PosternEndPoint(_listener.LocalEndPoint, endPoint.Protocol);
        endpoints.Add(this, EndPoint.ToString()!, endPoint.Protocol);
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next connection; null once nobody listens any more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _established.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_established.Reader.TryRead(out PosternConnection? connection)) return connection;
        }

        return null;
    }

    /// <summary>Stops listening. What Kestrel has goes on; what has not finished its handshake is dropped when it does.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _endpoints.Remove(this);
        _established.Writer.TryComplete();

        // Not to wait for the connections: that is Kestrel's.
        await _listener.DrainAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _endpoints.Remove(this);
        _established.Writer.TryComplete();
        await _listener.DisposeAsync().ConfigureAwait(false);
    }

    private async Task HandleAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        PosternConnection connection = new(channel);

        // Before Kestrel sees it: one that has no room for it disposes of it at once.
        connection.Start();
        if (!_established.Writer.TryWrite(connection))
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new OperationCanceledException("The server stops.");
        }

        CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(static connection => ((PosternConnection)connection!).Abort(), connection);
        await using (stop.ConfigureAwait(false)) await connection.WhenEndedAsync().ConfigureAwait(false);
        if (connection.Failure is { } failure) throw failure;
    }
}
