using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>One of the tunnels of a <see cref="TunnelLink"/>: dials, and dials again with growing waits when it breaks.</summary>
internal sealed class TunnelLoop : IAsyncDisposable
{
    private readonly TunnelLink _link;
    private readonly TunnelLinkOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<uint, RemoteForward> _listening = new();
    private readonly ConcurrentBag<MultiplexedStream> _listeners = [];
    private volatile StreamMultiplexer? _multiplexer;
    private volatile SecureChannel? _channel;
    private volatile bool _isEnding;
    private readonly Task _running;
    private int _disposed;

    public TunnelLoop(TunnelLink link, TunnelLinkOptions options, ILogger logger)
    {
        _link = link;
        _options = options;
        _logger = logger;
        _running = Task.Run(RunAsync);
    }

    /// <summary>The tunnel, if it is up.</summary>
    public SecureChannel? Channel => _channel;

    /// <summary>Ends the tunnel when all its streams have ended, and dials no more.</summary>
    /// <returns>False if <paramref name="cancellationToken"/> came first; <see cref="DisposeAsync"/> then cuts the rest.</returns>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        // What ends from now on is meant to: nobody dials again.
        _isEnding = true;
        if (_multiplexer is not { } multiplexer) return true;
        while (_listeners.TryTake(out MultiplexedStream? listening)) await EndAsync(listening).ConfigureAwait(false);
        return await multiplexer.DrainAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the tunnel and cuts its streams.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        ChannelException? failure = null;
        try
        {
            await ReconnectingClient.RunAsync(_options.Connect, SessionAsync, Patient(_options), Waiting, _stop.Token).ConfigureAwait(false);
        }
        catch (ChannelException exception)
        {
            failure = exception;
        }
        finally
        {
            _link.Ended(this, failure);
        }
    }

    // A server that takes tunnels and never greets is none that is stable, however long that lasts.
    private static ReconnectPolicy Patient(TunnelLinkOptions options) =>
        options.Reconnect.StableAfter > options.Streams.GreetingTimeout ? options.Reconnect : options.Reconnect with { StableAfter = options.Streams.GreetingTimeout * 2 };

    private void Waiting(ChannelException failure, TimeSpan delay) => TunnelLinkLog.Waiting(_logger, failure.Error, failure.Message, delay.TotalSeconds);

    private async Task SessionAsync(ReconnectingSession session, CancellationToken cancellationToken)
    {
        StreamMultiplexer multiplexer = StreamMultiplexer.Start(session.Channel, AcceptedAsync, _options.Streams);
        try
        {
            await multiplexer.Greeted.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_options.Proof is { } proof) await proof.ShowAsync(multiplexer, session.Channel, cancellationToken).ConfigureAwait(false);
            bool[] listening = await Task.WhenAll(_options.RemoteForwards.Select(forward => TryListenAsync(multiplexer, forward, cancellationToken))).ConfigureAwait(false);
            _channel = session.Channel;
            _multiplexer = multiplexer;
            _link.Arrived(this, multiplexer);
            TunnelLinkLog.Up(_logger, session.Channel.RemoteEndPoint);
            await ListenLaterAsync(multiplexer, [.. _options.RemoteForwards.Where((_, index) => !listening[index])], cancellationToken).ConfigureAwait(false);
            await multiplexer.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
            throw new ChannelException(ChannelError.ConnectionLost, "The server closed the tunnel.");
        }
        catch (ChannelException) when (_isEnding)
        {
            // Drained.
        }
        catch (IOException exception)
        {
            // The server speaks no streams, or refuses what we need: it may be set up otherwise when we dial again.
            throw new ChannelException(ChannelError.ConnectionFailed, exception.Message, exception);
        }
        finally
        {
            _channel = null;
            _multiplexer = null;
            _link.Left(multiplexer);
            _listening.Clear();
            _listeners.Clear();
            await multiplexer.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The server listens no more; what it has accepted goes on.
    private static async Task EndAsync(MultiplexedStream listening)
    {
        try
        {
            await listening.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ChannelException)
        {
            // It has ended already.
        }
    }

    // What the server could not listen on may be free later: it is asked again while the tunnel is there, and everything else goes on.
    private async Task ListenLaterAsync(StreamMultiplexer multiplexer, List<RemoteForward> forwards, CancellationToken cancellationToken)
    {
        for (int attempt = 1; forwards.Count > 0; attempt++)
        {
            Task delay = Task.Delay(_options.Reconnect.DelayAfter(attempt), cancellationToken);
            if (await Task.WhenAny(delay, multiplexer.Completion).ConfigureAwait(false) != delay) return;
            await delay.ConfigureAwait(false);
            foreach (RemoteForward forward in forwards.ToArray())
            {
                if (await TryListenAsync(multiplexer, forward, cancellationToken).ConfigureAwait(false)) forwards.Remove(forward);
            }
        }
    }

    // True if there is nothing to do about it any more: the server listens, or its rules do not allow it, which does not change by asking.
    private async Task<bool> TryListenAsync(StreamMultiplexer multiplexer, RemoteForward forward, CancellationToken cancellationToken)
    {
        try
        {
            await ListenAsync(multiplexer, forward, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (StreamRefusedException refused)
        {
            TunnelLinkLog.NotListening(_logger, forward.Listen, refused.Message);
            return refused.Reason != StreamRefusal.Unreachable;
        }
    }

    private async Task ListenAsync(StreamMultiplexer multiplexer, RemoteForward forward, CancellationToken cancellationToken)
    {
        MultiplexedStream stream = await multiplexer.OpenAsync(
            StreamTarget.Listen(forward.Listen).ToString(), null, id => _listening[id] = forward, cancellationToken).ConfigureAwait(false);
        _listeners.Add(stream);
        string address = await FramedBytes.WithinAsync(stream, _options.OpenTimeout, () => RemoteAddress.ReadAsync(stream), cancellationToken).ConfigureAwait(false);
        TunnelLinkLog.Listening(_logger, address, EndPointText.Of(forward.Target));
    }

    // A connection that the server accepted for one of our remote forwards.
    private async Task AcceptedAsync(IncomingStream incoming, CancellationToken cancellationToken)
    {
        if (StreamTarget.Parse(incoming.Target) is not { Kind: StreamTargetKind.Accepted } target
            || !uint.TryParse(target.Value, NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
            || !_listening.TryGetValue(id, out RemoteForward? forward))
        {
            incoming.Refuse(StreamRefusal.UnknownTarget, "Nothing was asked for under that number.");
            return;
        }

        _link.Traffic.Begin();
        try
        {
            await StreamDelivery.RunAsync(incoming, [forward.Target], _options.OpenTimeout, null, _options.IdleTimeout, _link.Traffic, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ChannelException or OperationCanceledException)
        {
            _link.Traffic.Fail();
            TunnelLinkLog.Cut(_logger, EndPointText.Of(forward.Target), exception.Message);
        }
        finally
        {
            _link.Traffic.End();
        }
    }
}
