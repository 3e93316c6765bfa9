using Microsoft.Extensions.Logging;

namespace Postern.Tunneling;

/// <summary>The tunnels of many streams of one exposer: what they share.</summary>
internal sealed class ExposedTunnels(ExposerOptions options, ExposedStreams streams, RelayTraffic traffic) : IDisposable
{
    private readonly ILogger _logger = options.LoggerFactory.CreateLogger("Postern.Exposer");
    private readonly CancellationTokenSource _draining = new();
    private int _streams;

    public ExposerOptions Options => options;

    public ExposedStreams Streams => streams;

    public RelayTraffic Traffic => traffic;

    public ILogger Logger => _logger;

    /// <summary>No more streams are taken, and nothing is listened on for clients any more.</summary>
    public CancellationToken Draining => _draining.Token;

    public void Dispose() => _draining.Dispose();

    public Task BeginDrainingAsync() => _draining.CancelAsync();

    /// <summary>Serves one tunnel until it ends.</summary>
    public async Task RunAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        ExposedTunnel tunnel = new(this, channel);
        try
        {
            await tunnel.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server stops, and has waited for the streams as long as it may.
            await channel.AbortAsync().ConfigureAwait(false);
        }
        catch (ChannelException exception) when (!tunnel.HasCutStreams && exception.Error is ChannelError.ConnectionLost or ChannelError.ConnectionFailed or ChannelError.ChannelClosed)
        {
            TunnelLinkLog.Ended(_logger, channel.RemoteEndPoint, exception.Message);
            await channel.AbortAsync().ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            TunnelLinkLog.Broken(_logger, channel.RemoteEndPoint, exception.Message);
            await channel.AbortAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Counts a stream, unless there are as many as there may be.</summary>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref _streams) > streams.MaxStreams)
        {
            Interlocked.Decrement(ref _streams);
            return false;
        }

        traffic.Begin();
        return true;
    }

    public void End()
    {
        Interlocked.Decrement(ref _streams);
        traffic.End();
    }
}
