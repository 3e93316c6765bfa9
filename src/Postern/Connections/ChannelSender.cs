using System.Buffers;
using Postern.Channels;
using Postern.Cryptography;

namespace Postern.Connections;

/// <summary>
/// The sending half of a channel: seals and writes one packet after another, whoever asks. From an asymmetric ratchet request to the
/// peer's answer it holds everything back, the goodbye too: the peer would not understand it. (QSMP §3.5)
/// </summary>
internal sealed class ChannelSender
{
    // An asymmetric ratchet's request is being sent; or its sender has left and the turn stays taken until the answer comes.
    private const int NotHeld = 0;
    private const int Requesting = 1;
    private const int Held = 2;

    private static readonly TimeSpan HoldPoll = TimeSpan.FromMilliseconds(50);

    private readonly ChannelLife _life;
    private readonly RatchetPlan? _plan;
    private readonly AnswerPace? _answers;
    private readonly SendTurn _turn = new();
    private Task _requestWritten = Task.CompletedTask;
    private int _hold = NotHeld;

    public ChannelSender(ChannelLife life)
    {
        _life = life;
        TimeProvider clock = Context.Clock.TimeProvider;
        if (!Context.Ratchets.IsNever) _plan = new RatchetPlan(Context.Ratchets, Channel, clock);
        if (Channel.HasKeyExchange) _answers = new AnswerPace(Context.AnswersPerSecond, clock);
    }

    /// <summary>The goodbye was sent: nothing follows it.</summary>
    public bool SaidGoodbye { get; private set; }

    /// <summary>An asymmetric ratchet waits for the peer's answer, and everything else for that.</summary>
    public bool IsHeld => Volatile.Read(ref _hold) != NotHeld;

    private SealedChannel Channel => _life.Channel;

    private ChannelContext Context => _life.Context;

    /// <summary>Sends one message; <paramref name="mayBatch"/> as the caller of <see cref="SecureChannel.SendCoreAsync"/> says.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, bool mayBatch, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(PacketKind.Message, message, 0, cancellationToken, mayBatch).ConfigureAwait(false);
            _life.Activity.Sent(message.Length);
            if (_plan is not null && _plan.IsDue()) await TryRatchetAsync(_plan.Kind, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await EndTurnAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask RatchetAsync(RatchetKind kind, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await TryRatchetAsync(kind, cancellationToken).ConfigureAwait(false)) return;
            throw new InvalidOperationException("The peer has said goodbye: it would not answer an asymmetric ratchet.");
        }
        finally
        {
            await EndTurnAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Says goodbye, once.</summary>
    /// <returns>Whether it is said now.</returns>
    public async ValueTask SayGoodbyeAsync(byte code, CancellationToken cancellationToken)
    {
        await WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (SaidGoodbye) return;
            _life.ThrowIfOver();
            await FlushAnswerAsync(cancellationToken).ConfigureAwait(false);
            await WriteAsync(PacketKind.Goodbye, default, code, cancellationToken).ConfigureAwait(false);
            SaidGoodbye = true;

            // A reference client does not read the goodbye; it notices the end of the stream (QSTP §9.1, QSMP §1.12). A client's own
            // direction stays open: its end tells the server that the client has left, and not only stopped sending.
            if (!Channel.IsInitiator) _life.Transport.ShutdownSend();
        }
        finally
        {
            await EndTurnAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends a keep-alive unless something else is being sent, which does as well.</summary>
    public async ValueTask KeepAliveAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        if (!_turn.TryTake()) return;
        try
        {
            if (SaidGoodbye || _life.IsOver) return;
            await WriteAsync(PacketKind.KeepAlive, default, (uint)interval.TotalMilliseconds, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await EndTurnAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Answers the peer's asymmetric ratchet. If it crossed a request of ours, that one's sender holds the turn and waits: the answer goes
    /// out in its place, and then sending goes on. Otherwise, if the turn is taken, whoever has it answers. The receiver never waits for it:
    /// a request of ours that is being made would keep it until the receiver has read the peer's answer.
    /// </summary>
    public async Task AnswerRatchetAsync(bool crossed)
    {
        try
        {
            if (_answers is not null) await _answers.WaitAsync().ConfigureAwait(false);
            if (!crossed)
            {
                await AnswerInTurnAsync().ConfigureAwait(false);
                return;
            }

            await _requestWritten.ConfigureAwait(false);
            await WriteAnswerAsync(CancellationToken.None).ConfigureAwait(false);
            EndHold();
        }
#pragma warning disable CA1031 // Nobody waits for it; the channel's users learn of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await _life.FailAsync(exception).ConfigureAwait(false);
        }
    }

    /// <summary>The answer to our asymmetric ratchet has come, or never will: sending goes on.</summary>
    public void EndHold()
    {
        if (Interlocked.Exchange(ref _hold, NotHeld) == Held) _turn.Release();
    }

    // Waits for the turn, and sends what is owed first.
    private async ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        await WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _life.ThrowIfOver();
            if (SaidGoodbye) throw new InvalidOperationException("The channel was closed for sending.");
            await FlushAnswerAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    // While an asymmetric ratchet waits for its answer and nobody receives, someone has to: a program that sends and receives by turns
    // would wait for ever. The place in the queue is kept meanwhile, for senders go in their order.
    private async ValueTask WaitForTurnAsync(CancellationToken cancellationToken)
    {
        Task turn = _turn.WaitAsync(cancellationToken);
        TimeProvider clock = Context.Clock.TimeProvider;
        long since = clock.GetTimestamp();
        while (!turn.IsCompleted && Channel.HasKeyExchange)
        {
            if (IsHeld) await ReadAheadAsync(cancellationToken).ConfigureAwait(false);
            else since = clock.GetTimestamp();
            if (clock.GetElapsedTime(since) > Context.Clock.Tolerance) await EndUnansweredAsync().ConfigureAwait(false);
            if (!turn.IsCompleted) await Task.WhenAny(turn, Task.Delay(HoldPoll, CancellationToken.None)).ConfigureAwait(false);
        }

        await turn.ConfigureAwait(false);
    }

    // By then nothing that is on its way would be timely any more.
    private async Task EndUnansweredAsync() => await _life.FailAsync(new ChannelException(
        ChannelError.IdleTimeout, $"The peer did not answer an asymmetric ratchet within {Context.Clock.Tolerance.TotalSeconds:0} s.")).ConfigureAwait(false);

    private async Task ReadAheadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_life.Receiver is { } receiver) await receiver.ReadAheadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ChannelException or OperationCanceledException)
        {
            // The channel has ended, or the sender is called off: it learns of that when its turn comes, which that ends too.
        }
    }

    // The turn stays taken while an asymmetric ratchet waits for its answer.
    private async ValueTask EndTurnAsync()
    {
        if (Interlocked.CompareExchange(ref _hold, Held, Requesting) == Requesting)
        {
            if (_life.IsOver) EndHold();
            return;
        }

        _turn.Release();
        await AnswerInTurnAsync().ConfigureAwait(false);
    }

    // A request that comes while the turn is taken is answered at its end: the receiver looks at the turn after it took the request, and
    // who ends the turn looks for a request after that.
    private async ValueTask AnswerInTurnAsync()
    {
        Interlocked.MemoryBarrier();
        while (Channel.OwesAnswer && !_life.IsOver && _turn.TryTake())
        {
            try
            {
                if (SaidGoodbye) Channel.DropAnswer();
                else await WriteAnswerAsync(CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                _turn.Release();
            }

            Interlocked.MemoryBarrier();
        }
    }

    // False, with nothing sent, if the peer would not answer any more.
    private async ValueTask<bool> TryRatchetAsync(RatchetKind kind, CancellationToken cancellationToken)
    {
        if (kind == RatchetKind.Symmetric)
        {
            await WriteAsync(PacketKind.Ratchet, default, 0, cancellationToken).ConfigureAwait(false);
            _life.Activity.Meters.Ratcheted(byPeer: false);
            ChannelLog.Ratcheted(Context.Logger, _life.Ends.RemoteEndPoint);
            return true;
        }

        // The peer's own request may come in between; it is answered first.
        TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _requestWritten = written.Task;
        try
        {
            while (!await WriteAsync(PacketKind.KeyExchange, default, 0, cancellationToken).ConfigureAwait(false))
            {
                if (Channel.PeerSaidGoodbye) return false;
                await FlushAnswerAsync(cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        finally
        {
            written.SetResult();
        }
    }

    private bool SealKeyExchange(Span<byte> packet)
    {
        // Before it is sealed: the answer may be here before we are.
        Volatile.Write(ref _hold, Requesting);
        bool isSealed = false;
        try
        {
            isSealed = Channel.TrySealKeyExchangeRequest(RandomSource.System, packet);
            return isSealed;
        }
        finally
        {
            if (!isSealed) Volatile.Write(ref _hold, NotHeld);
        }
    }

    private async ValueTask FlushAnswerAsync(CancellationToken cancellationToken)
    {
        if (Channel.OwesAnswer) await WriteAnswerAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteAnswerAsync(CancellationToken cancellationToken) =>
        await WriteAsync(PacketKind.Answer, default, 0, cancellationToken).ConfigureAwait(false);

    // Seals into a rented buffer and writes it with one call. False if there was nothing to seal.
    private async ValueTask<bool> WriteAsync(
        PacketKind kind, ReadOnlyMemory<byte> message, uint value, CancellationToken cancellationToken, bool mayBatch = false)
    {
        int size = Channel.Overhead + kind switch
        {
            PacketKind.Message => message.Length,
            PacketKind.Ratchet => ChannelProfile.RatchetTokenSize,
            PacketKind.KeyExchange => Channel.KeyExchangeRequestSize,
            PacketKind.Answer => Channel.KeyExchangeAnswerSize,
            PacketKind.KeepAlive => ChannelProfile.KeepAliveSize,
            _ => 1,
        };
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        bool isSealed = false;
        try
        {
            if (mayBatch && PacketBatcher.Pays(message.Length))
            {
                // Before it is: a message that was begun and failed leaves a gap as well.
                isSealed = true;
                await PacketBatcher.Shared.SealAsync(Channel, message, buffer.AsMemory(0, size)).ConfigureAwait(false);
            }
            else
            {
                isSealed = Seal(kind, message.Span, value, buffer.AsSpan(0, size));
                if (!isSealed) return false;
            }

            await _life.Transport.WriteAsync(buffer.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
            _life.Activity.TouchSent();
            return true;
        }
        catch (Exception exception) when (isSealed || exception is ChannelException)
        {
            // A packet that was sealed and not sent leaves a gap that nothing can close.
            ChannelException failure = await _life.FailAsync(exception).ConfigureAwait(false);
            if (exception is OperationCanceledException) throw;
            throw failure;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool Seal(PacketKind kind, ReadOnlySpan<byte> message, uint value, Span<byte> packet)
    {
        switch (kind)
        {
            case PacketKind.Message:
                Channel.SealMessage(message, packet);
                return true;
            case PacketKind.Ratchet:
                Channel.SealRatchetRequest(RandomSource.System, packet);
                return true;
            case PacketKind.KeyExchange:
                return SealKeyExchange(packet);
            case PacketKind.Answer:
                return Channel.TrySealKeyExchangeAnswer(RandomSource.System, packet);
            case PacketKind.KeepAlive:
                Channel.SealKeepAlive(value, packet);
                return true;
            default:
                Channel.SealGoodbye((byte)value, packet);
                return true;
        }
    }

    private enum PacketKind
    {
        Message,
        Ratchet,
        KeyExchange,
        Answer,
        KeepAlive,
        Goodbye,
    }
}
