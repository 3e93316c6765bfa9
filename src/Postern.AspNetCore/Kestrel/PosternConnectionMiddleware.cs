using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Postern.Connections;

namespace Postern.AspNetCore.Kestrel;

/// <summary>Runs the handshake over a connection that Kestrel accepted, and gives Kestrel what is inside, as its own for HTTPS does.</summary>
internal sealed class PosternConnectionMiddleware(ConnectionDelegate next, ChannelHost host)
{
    /// <summary>Serves one connection; ends with it. The next one sees it only if the handshake succeeds.</summary>
    public Task OnConnectionAsync(ConnectionContext context)
    {
        DuplexPipeStream stream = new(context.Transport);

        // Once the server stops, Kestrel waits for all that is here: a handshake must not keep it. A channel's end is Kestrel's own then.
        CancellationToken stopping = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        CancellationTokenRegistration dropping = stopping.UnsafeRegister(static stream => ((DuplexPipeStream)stream!).Dispose(), stream);
        return host.ServeAsync(stream, context.RemoteEndPoint, context.LocalEndPoint, (channel, stop) =>
        {
            dropping.Unregister();
            return RunAsync(context, channel, stop);
        });
    }

    private async Task RunAsync(ConnectionContext context, SecureChannel channel, CancellationToken stop)
    {
        System.IO.Pipelines.IDuplexPipe below = context.Transport;
        CancellationTokenRegistration stopping = stop.UnsafeRegister(static context => ((ConnectionContext)context!).Abort(), context);
        ChannelPipe pipe = new(channel, context.Abort);
        context.Transport = pipe;
        context.Features.Set<IPosternConnectionFeature>(new PosternConnectionFeature(channel));
        try
        {
            pipe.Start();
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            await stopping.DisposeAsync().ConfigureAwait(false);
            await pipe.DisposeAsync().ConfigureAwait(false);
            context.Transport = below;
        }

        if (pipe.Failure is { } failure) throw failure;
    }
}
