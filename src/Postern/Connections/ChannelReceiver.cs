using System.Buffers;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Connections;

/// <summary>The receiving half of a channel: waits for packets, opens them, and does what those say that are no messages. One caller at a time.</summary>
internal sealed class ChannelReceiver(ChannelLife life, ChannelSender sender)
{
    private const byte NormalClose = 0x00;

    private const int DrainLimit = 64 * 1024;
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(250);

    private readonly ReceiverRole _role = new();
    private AheadMessages? _ahead;
    private long _waitingSince;
    private long _waitedBefore;
    private volatile bool _draining;
    private volatile bool _isWaiting;

    /// <summary>The error code in the peer's goodbye; null before it came.</summary>
    public byte? PeerCloseCode { get; private set; }

    /// <summary>The peer said a proper goodbye.</summary>
    public bool ReceivedGoodbye { get; private set; }

    /// <summary>How often the peer sends keep-alives, by its own word; null before the first.</summary>
    public TimeSpan? PeerInterval { get; private set; }

    private SealedChannel Channel => life.Channel;

    private PacketTransport Transport => life.Transport;

    private TimeProvider Clock => life.Context.Clock.TimeProvider;

    private int NextAheadSize => _ahead is null ? 0 : _ahead.NextSize;

    // Nothing to give, nothing to obey, nothing to tell.
    private bool IsQuiet => !life.IsOver && !ReceivedGoodbye && NextAheadSize == 0 && Transport.Buffered.IsEmpty;

    /// <summary>How long someone has been waiting for a packet in vain, cancelled waits included; zero if nobody waits.</summary>
    public TimeSpan Silence
    {
        get
        {
            if (!_isWaiting) return TimeSpan.Zero;
            TimeSpan waiting = TimeSpan.FromTicks(Volatile.Read(ref _waitedBefore)) + Clock.GetElapsedTime(Volatile.Read(ref _waitingSince));
            return waiting < life.Activity.ReceiveIdleTime ? waiting : life.Activity.ReceiveIdleTime;
        }
    }

    /// <summary>
    /// One receiver at a time: two would tear packets apart. A sender that reads ahead makes room. At the end of the channel it is the end
    /// itself that has the role, and not a mistake of the caller's.
    /// </summary>
    public async ValueTask EnterAsync()
    {
        if (await _role.EnterAsync().ConfigureAwait(false)) return;
        throw _draining || life.IsOver ? life.Reason : new InvalidOperationException("Another receive is pending; one at a time.");
    }

    public bool TryEnter() => _role.TryEnter();

    public void Leave()
    {
        if (life.IsOver) _ahead?.Clear();
        _role.Leave();
    }

    /// <summary>Erases what was read ahead and never taken, after the channel's end.</summary>
    public void ForgetAhead()
    {
        if (!TryEnter()) return;
        _ahead?.Clear();
        Leave();
    }

    /// <summary>
    /// For a sender that waits for the answer to an asymmetric ratchet: while nobody receives, reads what comes, keeps the messages for the
    /// next receiver and obeys the rest, until the answer has come. A receiver that wants in ends it.
    /// </summary>
    public async Task ReadAheadAsync(CancellationToken cancellationToken)
    {
        using ReceiverRole.AheadReader? reader = _role.TryReadAhead(cancellationToken);
        if (reader is null) return;
        try
        {
            while (sender.IsHeld && !ReceivedGoodbye && _ahead is not { IsFull: true }) await ReadOneAheadAsync(reader.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A receiver took over; nothing is lost.
        }
        finally
        {
            if (life.IsOver) _ahead?.Clear();
        }
    }

    /// <summary>
    /// Takes the role, waits for a message, returns its size, 0 at the end, and leaves the message for the next receiver. While the peer says
    /// nothing the wait is in one small frame and in none below: it is what an idle channel keeps in memory.
    /// </summary>
    public ValueTask<int> WaitForMessageAsync(CancellationToken cancellationToken) =>
        TryEnter() ? WaitInRoleAsync(cancellationToken) : EnterAndWaitAsync(cancellationToken);

    /// <summary>Waits for a message and returns its size, 0 at the end. Then <see cref="OpenMessageAsync"/> must follow.</summary>
    public async ValueTask<int> NextMessageAsync(CancellationToken cancellationToken)
    {
        life.ThrowIfOver();
        if (NextAheadSize is > 0 and int ahead) return ahead;
        while (!ReceivedGoodbye)
        {
            int size = await NextPacketAsync(cancellationToken).ConfigureAwait(false);
            PacketHeader header = PacketHeader.Read(Transport.Buffered.Span);
            if (header.Flag == ChannelProfile.MessageFlag) return size;
            OpenedPacket packet = await OpenAsync(default).ConfigureAwait(false);
            await ObeyAsync(packet, header.Flag).ConfigureAwait(false);
        }

        return 0;
    }

    /// <summary>Decrypts the message that <see cref="NextMessageAsync"/> announced; in a batch only if the caller's thread is free meanwhile.</summary>
    public async ValueTask OpenMessageAsync(Memory<byte> message, bool mayBatch = true)
    {
        if (_ahead?.NextSize > 0) _ahead.Take(message.Span);
        else await OpenAsync(message, mayBatch).ConfigureAwait(false);
        life.Activity.Received(message.Length);
    }

    /// <summary>Waits for the client to close the connection after its goodbye.</summary>
    /// <exception cref="ChannelException">Something came after the goodbye.</exception>
    public async ValueTask WaitForEndAsync(CancellationToken cancellationToken)
    {
        await EnterAsync().ConfigureAwait(false);
        try
        {
            if (!await Transport.FillAsync(1, cancellationToken).ConfigureAwait(false)) return;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return;
        }
        finally
        {
            Leave();
        }

        throw await life.FailAsync(new ChannelException(ChannelError.UnexpectedFlag, "The client sent something after its goodbye.")).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes what comes until the peer has answered our asymmetric ratchet, for until then no goodbye can be said. Messages are dropped: who
    /// closes wants no more of them. Returns at once if someone else is receiving.
    /// </summary>
    public async ValueTask EndHoldAsync(CancellationToken cancellationToken)
    {
        if (!sender.IsHeld || !TryEnter()) return;
        _draining = true;
        try
        {
            while (sender.IsHeld && !ReceivedGoodbye)
            {
                await ReadOneAheadAsync(cancellationToken).ConfigureAwait(false);
                _ahead?.Clear();
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Reads and drops what the peer still sends, for a moment.</summary>
    public async ValueTask DrainAsync()
    {
        using CancellationTokenSource deadline = new(DrainTime);
        await EnterAsync().ConfigureAwait(false);
        _draining = true;
        try
        {
            await Transport.DrainAsync(DrainLimit, deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private async ValueTask<int> EnterAndWaitAsync(CancellationToken cancellationToken)
    {
        await EnterAsync().ConfigureAwait(false);
        return await WaitInRoleAsync(cancellationToken).ConfigureAwait(false);
    }

    // Awaits one kind of thing only, and what comes after the wait is elsewhere: both would be in the frame.
    private async ValueTask<int> WaitInRoleAsync(CancellationToken cancellationToken)
    {
        Exception? failure;
        try
        {
            if (IsQuiet)
            {
                // Its next message makes them again; a busy process of few channels never comes here.
                if (RoundKeyPool.IsShort) Channel.Rest();
                BeginWaiting();
                await Transport.WaitForDataAsync(cancellationToken).ConfigureAwait(false);
            }

            failure = null;
        }
#pragma warning disable CA1031 // It is thrown below.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }

        if (failure is not null) return await FailWaitAsync(failure).ConfigureAwait(false);
        return await TakeNextSizeAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<int> TakeNextSizeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await NextMessageAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private async ValueTask<int> FailWaitAsync(Exception failure)
    {
        Exception reason = await EndWaitingAsync(failure).ConfigureAwait(false);
        Leave();
        throw reason;
    }

    private async ValueTask ReadOneAheadAsync(CancellationToken cancellationToken)
    {
        int size = await NextPacketAsync(cancellationToken).ConfigureAwait(false);
        byte flag = PacketHeader.Read(Transport.Buffered.Span).Flag;
        if (flag != ChannelProfile.MessageFlag)
        {
            await ObeyAsync(await OpenAsync(default).ConfigureAwait(false), flag).ConfigureAwait(false);
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        await OpenAsync(buffer.AsMemory(0, size)).ConfigureAwait(false);
        (_ahead ??= new AheadMessages()).Add(buffer, size);
    }

    private async ValueTask ObeyAsync(OpenedPacket packet, byte flag)
    {
        switch (packet.Kind)
        {
            case OpenedKind.Goodbye:
                PeerCloseCode = (byte)packet.Value;
                if (packet.Value != NormalClose) throw await life.FailAsync(EndedInError((byte)packet.Value)).ConfigureAwait(false);
                ReceivedGoodbye = true;
                sender.EndHold();
                break;
            case OpenedKind.RatchetToAnswer or OpenedKind.CrossedRatchetToAnswer:
                // Not awaited: a peer that reads nothing must not hold the receiver, whose call may be cancelled. What goes wrong ends the channel.
                _ = sender.AnswerRatchetAsync(packet.Kind == OpenedKind.CrossedRatchetToAnswer);
                life.Activity.Meters.Ratcheted(byPeer: true);
                ChannelLog.PeerRatcheted(life.Context.Logger, life.Ends.RemoteEndPoint);
                break;
            case OpenedKind.Ratchet when flag == ChannelProfile.KeyExchangeResponseFlag:
                sender.EndHold();
                life.Activity.Meters.Ratcheted(byPeer: false);
                ChannelLog.Ratcheted(life.Context.Logger, life.Ends.RemoteEndPoint);
                break;
            case OpenedKind.Ratchet:
                life.Activity.Meters.Ratcheted(byPeer: true);
                ChannelLog.PeerRatcheted(life.Context.Logger, life.Ends.RemoteEndPoint);
                break;
            case OpenedKind.Nothing when flag == ChannelProfile.KeepAliveFlag:
                PeerInterval = TimeSpan.FromMilliseconds(packet.Value);
                break;
        }
    }

    // Until a whole packet is buffered whose header is allowed. Returns the size of the message inside.
    private async ValueTask<int> NextPacketAsync(CancellationToken cancellationToken)
    {
        life.ThrowIfOver();
        try
        {
            BeginWaiting();
            if (!await Transport.FillAsync(PacketHeader.Size, cancellationToken).ConfigureAwait(false)) throw Lost();
            int size = Channel.CheckHeader(PacketHeader.Read(Transport.Buffered.Span));
            if (!await Transport.FillAsync(size + Channel.Overhead, cancellationToken).ConfigureAwait(false)) throw Lost();
            Volatile.Write(ref _waitedBefore, 0);
            _isWaiting = false;
            return size;
        }
        catch (Exception exception)
        {
            throw await EndWaitingAsync(exception).ConfigureAwait(false);
        }
    }

    private void BeginWaiting()
    {
        Volatile.Write(ref _waitingSince, Clock.GetTimestamp());
        _isWaiting = true;
    }

    // A wait that was cancelled loses nothing, and counts as silence of the peer; anything else is the channel's end. Returns what to throw.
    private async ValueTask<Exception> EndWaitingAsync(Exception exception)
    {
        _isWaiting = false;
        if (exception is ChannelException { Error: ChannelError.UnexpectedFlag or ChannelError.InvalidLength or ChannelError.UnauthenticatedTermination } refused)
        {
            life.Activity.Meters.OpenFailed(refused.Error);
        }

        if (exception is not OperationCanceledException) return await life.FailAsync(exception).ConfigureAwait(false);
        Volatile.Write(ref _waitedBefore, _waitedBefore + Clock.GetElapsedTime(_waitingSince).Ticks);
        return exception;
    }

    private async ValueTask<OpenedPacket> OpenAsync(Memory<byte> message, bool mayBatch = false)
    {
        int size = PacketHeader.Size + (int)PacketHeader.Read(Transport.Buffered.Span).Length;
        try
        {
            OpenedPacket packet = new(OpenedKind.Message);
            if (mayBatch && PacketBatcher.Pays(message.Length)) await PacketBatcher.Shared.OpenAsync(Channel, Transport.Buffered[..size], message).ConfigureAwait(false);
            else packet = Channel.Open(Transport.Buffered.Span[..size], message.Span);
            Transport.Consume(size);
            life.Activity.TouchReceived();
            return packet;
        }
        catch (ChannelException exception)
        {
            if (exception.Error != ChannelError.ChannelClosed) life.Activity.Meters.OpenFailed(exception.Error);
            throw await life.FailAsync(exception).ConfigureAwait(false);
        }
    }

    private ChannelException EndedInError(byte code) =>
        new(ChannelError.PeerReportedError, $"The peer ended the channel with error code 0x{code:X2} ({Channel.Profile.DescribeCode(code)}): what it sent may not be all.") { PeerCode = code };

    private static ChannelException Lost() => new(
        ChannelError.ConnectionLost,
        "The connection ended without a goodbye: the peer broke off, or someone cut the stream short.");
}
