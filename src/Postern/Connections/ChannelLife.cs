using Postern.Channels;
using Postern.Telemetry;

namespace Postern.Connections;

/// <summary>
/// What the halves of a channel have in common, and its end, which comes once: the first failure is kept, the keys are erased, the connection
/// is closed. Everything that a later caller gets is that first failure.
/// </summary>
internal sealed class ChannelLife
{
    private int _closed;
    private ChannelException? _failure;
    private ChannelException? _announced;

    public ChannelLife(SealedChannel channel, PacketTransport transport, ChannelContext context, ChannelEnds ends)
    {
        Channel = channel;
        Transport = transport;
        Context = context;
        Ends = ends;
        Activity = new ChannelActivity(context.Clock.TimeProvider, ChannelMeters.For(context.Protocol, channel.IsInitiator));
        Activity.Meters.Opened();
    }

    public SealedChannel Channel { get; }

    public PacketTransport Transport { get; }

    public ChannelContext Context { get; }

    public ChannelEnds Ends { get; }

    public ChannelActivity Activity { get; }

    /// <summary>A failure is known, or the connection was closed.</summary>
    public bool IsOver => Volatile.Read(ref _closed) != 0 || _failure is not null;

    /// <summary>Why the channel is over, or is about to be.</summary>
    public ChannelException Reason => Copy(_failure ?? _announced ?? ClosedHere());

    /// <summary>The halves, which let go what they hold at the end. Set while the channel is built.</summary>
    public ChannelSender? Sender { get; set; }

    /// <inheritdoc cref="Sender"/>
    public ChannelReceiver? Receiver { get; set; }

    /// <summary>Ended with the channel.</summary>
    public IDisposable? KeepAlive { get; set; }

    private static ChannelException ClosedHere() => new(ChannelError.ChannelClosed, "The channel was closed on this side.");

    /// <summary>
    /// Whatever ends the channel from now on, this is the reason: the peer may answer a goodbye of ours by closing the connection before we do.
    /// </summary>
    public void Announce(ChannelException reason) => Interlocked.CompareExchange(ref _announced, reason, null);

    /// <summary>Ends the channel for this reason, unless there was one before; returns the one that counts.</summary>
    public async ValueTask<ChannelException> FailAsync(Exception exception)
    {
        // Any stream may be below, and fail in its own way.
        ChannelException failure = _announced
            ?? exception as ChannelException
            ?? new ChannelException(ChannelError.ConnectionLost, "The connection failed.", exception);
        ChannelException first = Interlocked.CompareExchange(ref _failure, failure, null) ?? failure;
        await CloseAsync().ConfigureAwait(false);
        return first;
    }

    /// <summary>Erases the keys and closes the connection. Never throws.</summary>
    public async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        Interlocked.CompareExchange(ref _failure, _announced ?? ClosedHere(), null);
        Activity.Meters.Closed();
        Channel.Dispose();
        try
        {
            await Transport.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is closed as far as it can be; closing never throws.
        catch
#pragma warning restore CA1031
        {
        }

        KeepAlive?.Dispose();
        Sender?.EndHold();
        Receiver?.ForgetAhead();
    }

    public void ThrowIfOver()
    {
        if (_failure is { } failure) throw Copy(failure);
    }

    // Each caller gets one of its own, with the stack of its call.
    private static ChannelException Copy(ChannelException failure) => new(failure.Error, failure.Message, failure) { PeerCode = failure.PeerCode };
}
