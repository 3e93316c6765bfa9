using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Postern.Connections;

namespace Postern.Authority.Service;

/// <summary>Kestrel's own sockets, but that nobody is accepted while the process is short of descriptors; see <see cref="DescriptorReserve"/>.</summary>
internal sealed class ReservedSockets(IOptions<SocketTransportOptions> options, ILoggerFactory loggers) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _sockets = new(options, loggers);

    /// <summary>Plain addresses. Others have transports of their own.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await _sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false));

    private sealed class Listener(IConnectionListener sockets) : IConnectionListener
    {
        private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            ConnectionContext? connection = await sockets.AcceptAsync(cancellationToken).ConfigureAwait(false);
            if (connection?.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket || !DescriptorReserve.OfProcess.IsTouchedBy(socket)) return connection;
            if (await WaitAsync().ConfigureAwait(false)) return connection;
            await connection.DisposeAsync().ConfigureAwait(false);
            return null;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync().ConfigureAwait(false);
            await sockets.UnbindAsync(cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await _unbound.CancelAsync().ConfigureAwait(false);
            await sockets.DisposeAsync().ConfigureAwait(false);
        }

        // This one waits here, others with the system. False when nobody listens any more.
        private async Task<bool> WaitAsync()
        {
            do await Task.Delay(RetryDelay, _unbound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (!_unbound.IsCancellationRequested && DescriptorReserve.OfProcess.IsTouched());
            return !_unbound.IsCancellationRequested;
        }
    }
}
