using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Postern.AspNetCore.Kestrel;

/// <summary>An established channel as a connection of Kestrel's. It is its own set of features, for an idle one should be small.</summary>
#pragma warning disable CA1001 // Disposed of asynchronously, by DisposeAsync.
internal sealed class PosternConnection :
#pragma warning restore CA1001
    ConnectionContext,
    IConnectionIdFeature,
    IConnectionItemsFeature,
    IConnectionTransportFeature,
    IConnectionLifetimeFeature,
    IConnectionEndPointFeature,
    IMemoryPoolFeature
{
    private static long _lastId = TimeProvider.System.GetUtcNow().Ticks;

    private readonly SecureChannel _channel;
    private readonly ChannelPipe _pipe;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDictionary<object, object?>? _items;

    public PosternConnection(SecureChannel channel)
    {
        _channel = channel;
        ConnectionId = Interlocked.Increment(ref _lastId).ToString("X");
        ConnectionClosed = _closed.Token;
        LocalEndPoint = channel.LocalEndPoint;
        RemoteEndPoint = channel.RemoteEndPoint;
        Features = CreateFeatures();
        _pipe = new ChannelPipe(channel, OnLeft);
        Transport = _pipe;
    }

    /// <summary>Why the tunnel broke, if it did.</summary>
    public ChannelException? Failure => _pipe.Failure;

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public MemoryPool<byte> MemoryPool => MemoryPool<byte>.Shared;

    /// <summary>Begins to receive and to send.</summary>
    public void Start() => _pipe.Start();

    /// <summary>Ends when the channel has ended.</summary>
    public Task WhenEndedAsync() => _ended.Task;

    public override void Abort(ConnectionAbortedException abortReason) => Abort();

    /// <summary>No goodbye: the peer learns that what it got is not all.</summary>
    public override void Abort()
    {
        _ = _channel.AbortAsync().AsTask();
        _ended.TrySetResult();
    }

    public override async ValueTask DisposeAsync()
    {
        await _pipe.DisposeAsync().ConfigureAwait(false);
        _ended.TrySetResult();
        _closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private FeatureCollection CreateFeatures()
    {
        FeatureCollection features = new();
        features.Set<IConnectionIdFeature>(this);
        features.Set<IConnectionItemsFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionEndPointFeature>(this);
        features.Set<IMemoryPoolFeature>(this);
        features.Set<IPosternConnectionFeature>(new PosternConnectionFeature(_channel));
        return features;
    }

    private void OnLeft()
    {
        if (Failure is not null) _ended.TrySetResult();
        try
        {
            _closed.Cancel();
        }
#pragma warning disable CA1031 // What someone registered on the token failed; that is theirs.
        catch (AggregateException)
#pragma warning restore CA1031
        {
        }
    }
}
