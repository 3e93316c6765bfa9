using System.Net;
using Microsoft.Extensions.Logging;

namespace Postern.Tunneling;

/// <summary>
/// The client's side of a tunnel of many streams: dials, and dials again with growing waits when the tunnel breaks. Connections wait for it
/// meanwhile; those that were in it when it broke are cut. <see cref="Renew"/> puts another tunnel in its place, and cuts nobody.
/// </summary>
public sealed class TunnelLink : IAsyncDisposable
{
    private readonly TunnelLinkOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The last one is the newest; those before it serve until it is up.
    private readonly List<TunnelLoop> _loops = [];

    // Those that end with their last stream.
    private readonly List<TunnelLoop> _former = [];
    private readonly List<Task> _retiring = [];
    private TaskCompletionSource<StreamMultiplexer> _present = NewWait();
    private StreamMultiplexer? _multiplexer;
    private bool _isEnding;

    private TunnelLink(TunnelLinkOptions options)
    {
        _options = options;
        _logger = options.LoggerFactory.CreateLogger("Postern.TunnelLink");
    }

    /// <summary>Fails when it is of no use to dial any more: a certificate or key has expired, or was revoked.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Connections and bytes of remote forwards so far.</summary>
    public RelayTraffic Traffic { get; } = new();

    /// <summary>The tunnels that are up: more than one only after <see cref="Renew"/>.</summary>
    public IReadOnlyList<SecureChannel> GetChannels()
    {
        lock (_gate) return [.. _former.Concat(_loops).Select(loop => loop.Channel).OfType<SecureChannel>()];
    }

    /// <summary>Begins to dial.</summary>
    public static TunnelLink Start(TunnelLinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TunnelLink link = new(options);
        link.Renew();
        return link;
    }

    /// <summary>
    /// Dials another tunnel, with what <see cref="TunnelLinkOptions.Connect"/> goes by now. Once it is up new connections take it, and the one before it ends with
    /// its last stream; until then, and if it never comes up, that one serves.
    /// </summary>
    public void Renew()
    {
        lock (_gate)
        {
            if (!_isEnding) _loops.Add(new TunnelLoop(this, _options, _logger));
        }
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
            while (true)
            {
                StreamMultiplexer multiplexer = await Present.WaitAsync(deadline.Token).ConfigureAwait(false);
                try
                {
                    return await multiplexer.OpenAsync(target.ToString(), source, deadline.Token).ConfigureAwait(false);
                }
                catch (ChannelException) when (HasOther(multiplexer))
                {
                    // It ended at this moment, and another one has its place.
                }
            }
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
        bool[] drained = await Task.WhenAll(End().Select(loop => loop.DrainAsync(cancellationToken))).ConfigureAwait(false);
        return drained.All(isDone => isDone);
    }

    /// <summary>Ends the tunnel and cuts its streams.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (TunnelLoop loop in End()) await loop.DisposeAsync().ConfigureAwait(false);
        Task[] retiring;
        lock (_gate) retiring = [.. _retiring];
        await Task.WhenAll(retiring).ConfigureAwait(false);
        _completion.TrySetResult();
    }

    /// <summary>A tunnel is up: it is the one from now on, and those that were before it end.</summary>
    internal void Arrived(TunnelLoop loop, StreamMultiplexer multiplexer)
    {
        lock (_gate)
        {
            int index = _loops.IndexOf(loop);
            if (index < 0) return;
            TunnelLoop[] former = [.. _loops[..index]];
            _loops.RemoveRange(0, index);
            _former.AddRange(former);
            if (_multiplexer is not null) _present = NewWait();
            _multiplexer = multiplexer;
            _present.TrySetResult(multiplexer);
            _retiring.RemoveAll(task => task.IsCompleted);
            _retiring.AddRange(former.Select(each => Task.Run(() => RetireAsync(each))));
        }
    }

    /// <summary>A tunnel is no longer up.</summary>
    internal void Left(StreamMultiplexer multiplexer)
    {
        lock (_gate)
        {
            if (_multiplexer != multiplexer) return;
            _multiplexer = null;
            _present = NewWait();
        }
    }

    /// <summary>Nobody dials there any more.</summary>
    /// <param name="loop">Where.</param>
    /// <param name="failure">Why it is of no use; null if it was to end.</param>
    internal void Ended(TunnelLoop loop, ChannelException? failure)
    {
        lock (_gate)
        {
            bool isFormer = _former.Remove(loop);
            _loops.Remove(loop);
            if (_isEnding && _former.Count + _loops.Count == 0) _completion.TrySetResult();
            if (isFormer || failure is null) return;
            if (_loops.Count > 0)
            {
                TunnelLinkLog.NotRenewed(_logger, failure.Error, failure.Message);
                return;
            }

            // Whoever waits for the tunnel need not wait any longer.
            if (_present.TrySetException(failure)) _ = _present.Task.Exception;
            _completion.TrySetException(failure);
        }
    }

    private Task<StreamMultiplexer> Present
    {
        get
        {
            lock (_gate) return _present.Task;
        }
    }

    private static TaskCompletionSource<StreamMultiplexer> NewWait() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task RetireAsync(TunnelLoop former)
    {
        await former.DrainAsync(CancellationToken.None).ConfigureAwait(false);
        await former.DisposeAsync().ConfigureAwait(false);
    }

    private bool HasOther(StreamMultiplexer multiplexer)
    {
        lock (_gate) return _multiplexer is { } present && present != multiplexer;
    }

    private TunnelLoop[] End()
    {
        lock (_gate)
        {
            _isEnding = true;
            return [.. _former, .. _loops];
        }
    }
}
