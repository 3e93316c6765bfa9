using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>
/// The client's side of a tunnel of many streams: dials, and dials again with growing waits when the tunnel breaks. Connections wait for it
/// meanwhile; those that were in it when it broke are cut.
/// </summary>
public sealed class TunnelLink : IAsyncDisposable
{
    private readonly TunnelLinkOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<uint, RemoteForward> _listening = new();
    private readonly ConcurrentBag<MultiplexedStream> _listeners = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource<StreamMultiplexer> _present = NewWait();
    private SecureChannel? _channel;
    private volatile bool _isEnding;
    private int _disposed;

    private TunnelLink(TunnelLinkOptions options)
    {
        _options = options;
        _logger = options.LoggerFactory.CreateLogger("Postern.TunnelLink");
        Completion = Task.Run(RunAsync);
    }

    /// <summary>Fails when it is of no use to dial any more: a certificate or key has expired, or was revoked.</summary>
    public Task Completion { get; }

    /// <summary>Connections and bytes of remote forwards so far.</summary>
    public RelayTraffic Traffic { get; } = new();

    /// <summary>The tunnel, if it is up.</summary>
    public IReadOnlyList<SecureChannel> GetChannels() => _channel is { } channel ? [channel] : [];

    /// <summary>Begins to dial.</summary>
    public static TunnelLink Start(TunnelLinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TunnelLink(options);
    }

    /// <summary>Waits until the tunnel is up.</summary>
    public Task WaitUntilUpAsync(CancellationToken cancellationToken = default) => Present.WaitAsync(cancellationToken);

    /// <summary>Opens a stream, as soon as the tunnel is up.</summary>
    /// <exception cref="StreamRefusedException">The server did not open it.</exception>
    /// <exception cref="IOException">There was no tunnel or no answer in time.</exception>
    /// <exception cref="ChannelException">The tunnel broke, or can never be there.</exception>
    public async Task<MultiplexedStream> OpenAsync(StreamTarget target, IPEndPoint? source = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.OpenTimeout);
        try
        {
            StreamMultiplexer multiplexer = await Present.WaitAsync(deadline.Token).ConfigureAwait(false);
            return await multiplexer.OpenAsync(target.ToString(), source, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"There was no tunnel, or no answer of its server, within {_options.OpenTimeout.TotalSeconds:0.#} s.", exception);
        }
    }

    /// <summary>Ends the tunnel when all its streams have ended.</summary>
    /// <returns>False if <paramref name="cancellationToken"/> came first; <see cref="DisposeAsync"/> then cuts the rest.</returns>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken = default)
    {
        // What ends from now on is meant to: nobody dials again.
        _isEnding = true;
        Task<StreamMultiplexer> present = Present;
        if (!present.IsCompletedSuccessfully) return true;
        StreamMultiplexer multiplexer = await present.ConfigureAwait(false);
        foreach (MultiplexedStream listening in _listeners) await EndAsync(listening).ConfigureAwait(false);
        return await multiplexer.DrainAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the tunnel and cuts its streams.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private Task<StreamMultiplexer> Present
    {
        get
        {
            lock (_gate) return _present.Task;
        }
    }

    private static TaskCompletionSource<StreamMultiplexer> NewWait() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        try
        {
            await ReconnectingClient.RunAsync(_options.Connect, SessionAsync, _options.Reconnect, Waiting, _stop.Token).ConfigureAwait(false);
        }
        catch (ChannelException exception)
        {
            // Whoever waits for the tunnel need not wait any longer.
            lock (_gate)
            {
                if (_present.TrySetException(exception)) _ = _present.Task.Exception;
            }

            throw;
        }
    }

    private void Waiting(ChannelException failure, TimeSpan delay) => TunnelLinkLog.Waiting(_logger, failure.Error, failure.Message, delay.TotalSeconds);

    private async Task SessionAsync(ReconnectingSession session, CancellationToken cancellationToken)
    {
        StreamMultiplexer multiplexer = StreamMultiplexer.Start(session.Channel, AcceptedAsync, _options.Streams);
        try
        {
            if (_options.Proof is { } proof) await proof.ShowAsync(multiplexer, session.Channel, cancellationToken).ConfigureAwait(false);
            bool[] listening = await Task.WhenAll(_options.RemoteForwards.Select(forward => TryListenAsync(multiplexer, forward, cancellationToken))).ConfigureAwait(false);
            _channel = session.Channel;
            Arrive(multiplexer);
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
            lock (_gate)
            {
                if (_present.Task.IsCompleted) _present = NewWait();
            }

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

    private void Arrive(StreamMultiplexer multiplexer)
    {
        lock (_gate) _present.TrySetResult(multiplexer);
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

        Traffic.Begin();
        try
        {
            await StreamDelivery.RunAsync(incoming, [forward.Target], _options.OpenTimeout, null, Traffic, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ChannelException or OperationCanceledException)
        {
            Traffic.Fail();
            TunnelLinkLog.Cut(_logger, EndPointText.Of(forward.Target), exception.Message);
        }
        finally
        {
            Traffic.End();
        }
    }
}
