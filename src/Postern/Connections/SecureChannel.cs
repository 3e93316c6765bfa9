using System.Buffers;
using System.Net;
using Postern.Channels;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern;

/// <summary>
/// An encrypted, authenticated channel, message by message. It exists only once the handshake is done. Sending and receiving are
/// independent: one receiver at a time, any number of senders, whose messages are not mixed. Each message is one packet. (QSTP §8)
/// </summary>
/// <remarks>
/// A cancelled or failed <see cref="SendAsync"/> that had begun to write leaves half a packet on the wire, so the channel is finished
/// then. A cancelled <see cref="ReceiveAsync(Memory{byte}, CancellationToken)"/> loses nothing.
/// </remarks>
public sealed class SecureChannel : IAsyncDisposable
{
    private const byte NormalClose = 0x00;

    // Code 0x03 in every protocol. (QSTP §3.2, QSMP §1.4)
    private const byte ChannelDown = 0x03;

    private const int DrainLimit = 64 * 1024;
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(250);

    private readonly SealedChannel _sealed;
    private readonly PacketTransport _transport;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ChannelActivity _activity;
    private int _receiving;
    private int _closed;
    private bool _sentGoodbye;
    private bool _receivedGoodbye;
    private volatile bool _draining;
    private ChannelException? _failure;

    internal SecureChannel(ChannelKeys keys, PacketTransport transport, ChannelContext context)
    {
        _sealed = new SealedChannel(keys, context.Clock);
        _transport = transport;
        _activity = new ChannelActivity(context.Clock.TimeProvider);
        Context = context;
    }

    /// <summary>The configuration set of this connection.</summary>
    public Suite Suite => _sealed.Suite;

    /// <summary>The peer's address, if the transport has one.</summary>
    public EndPoint? RemoteEndPoint => Context.RemoteEndPoint;

    /// <summary>The local address, if the transport has one.</summary>
    public EndPoint? LocalEndPoint => Context.LocalEndPoint;

    /// <summary>True on the side that opened the connection.</summary>
    public bool IsClient => _sealed.IsInitiator;

    /// <summary>Largest message in bytes: 65,504 with a 32-byte tag.</summary>
    public int MaxMessageSize => _sealed.MaxMessageSize;

    /// <summary>Ratchets carried out since the handshake, by either side.</summary>
    public long RatchetCount => _sealed.RatchetCount;

    /// <summary>Plaintext bytes sent.</summary>
    public long BytesSent => _activity.BytesSent;

    /// <summary>Plaintext bytes received.</summary>
    public long BytesReceived => _activity.BytesReceived;

    /// <summary>The error code in the peer's goodbye, 0 for a normal close; null before it came.</summary>
    public byte? PeerCloseCode { get; private set; }

    /// <summary>Time since a packet was last sent or received.</summary>
    public TimeSpan IdleTime => _activity.IdleTime;

    internal ChannelContext Context { get; }

    internal SealedChannel Sealed => _sealed;

    /// <summary>Sends one message of 1 to <see cref="MaxMessageSize"/> bytes. Completes when the transport has taken it.</summary>
    /// <exception cref="ArgumentException">The message is empty or too large.</exception>
    /// <exception cref="InvalidOperationException"><see cref="CompleteAsync"/> was called before.</exception>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (message.Length == 0 || message.Length > MaxMessageSize)
        {
            throw new ArgumentException($"A message has 1 to {MaxMessageSize} bytes, not {message.Length}.", nameof(message));
        }

        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SendCoreAsync(PacketKind.Message, message, cancellationToken).ConfigureAwait(false);
            _activity.Sent(message.Length);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>
    /// Receives one message into <paramref name="buffer"/>. Returns its size, or 0 once the peer has said goodbye: messages are never
    /// empty. A goodbye with an error code is no end but a <see cref="ChannelError.PeerReportedError"/>.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The next message does not fit. It stays; call again with more room, at most <see cref="MaxMessageSize"/> bytes.
    /// </exception>
    /// <exception cref="ChannelException">
    /// The channel is finished. <see cref="ChannelError.ConnectionLost"/> means that the stream ended without a goodbye.
    /// </exception>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        EnterReceive();
        try
        {
            int size = await NextMessageAsync(cancellationToken).ConfigureAwait(false);
            if (size == 0) return 0;
            if (size > buffer.Length)
            {
                throw new ArgumentException($"The next message has {size} bytes, the buffer {buffer.Length}.", nameof(buffer));
            }

            await OpenMessageAsync(buffer[..size]).ConfigureAwait(false);
            return size;
        }
        finally
        {
            LeaveReceive();
        }
    }

    /// <summary>
    /// Waits for the next message and returns its size, or 0 once the peer has said goodbye. The message stays: whoever serves many
    /// quiet channels takes a buffer only when there is something to put into it.
    /// </summary>
    /// <inheritdoc cref="ReceiveAsync(Memory{byte}, CancellationToken)" path="/exception[2]"/>
    public async ValueTask<int> WaitForMessageAsync(CancellationToken cancellationToken = default)
    {
        EnterReceive();
        try
        {
            return await NextMessageAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LeaveReceive();
        }
    }

    /// <summary>
    /// Replaces all keys by new ones made from the old and 32 fresh random bytes. Both directions switch; packets in flight are not
    /// lost between Postern peers. (QSTP §11)
    /// </summary>
    /// <exception cref="NotSupportedException">
    /// A QSTP client asked without <see cref="Qstp.QstpClientOptions.AllowClientRatchet"/>: the reference server would drop it.
    /// </exception>
    /// <exception cref="InvalidOperationException">Eight ratchets are unanswered: the peer has not sent anything since.</exception>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public async ValueTask RatchetAsync(CancellationToken cancellationToken = default)
    {
        if (!Context.MayRatchet)
        {
            throw new NotSupportedException(
                "A ratchet from the client's side is off: a reference server drops the connection on it. Allow it in the client's options if the server is Postern.");
        }

        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SendCoreAsync(PacketKind.Ratchet, default, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>
    /// Says goodbye: nothing more will be sent, but receiving goes on until the peer's own goodbye. Between Postern peers this is what
    /// half-closing is to TCP; a reference peer closes the connection.
    /// </summary>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken = default)
    {
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SayGoodbyeAsync(NormalClose, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>
    /// Says goodbye, if that can be done at once, and closes the connection without waiting for the peer. Erases the keys. Never
    /// throws for a connection that is lost already.
    /// </summary>
    public ValueTask CloseAsync(CancellationToken cancellationToken = default) => CloseAsync(NormalClose, cancellationToken);

    /// <summary>
    /// Closes the connection at once and without a goodbye, so that the peer cannot take what it got for all there was. Erases the
    /// keys; pending calls fail. Never throws.
    /// </summary>
    public ValueTask AbortAsync() => AbortAsync(new ChannelException(ChannelError.ChannelClosed, "The channel was broken off on this side."));

    /// <summary>
    /// The channel as a stream of bytes; message boundaries vanish. Disposing of the stream disposes of the channel: for a proper end
    /// call <see cref="CloseAsync(CancellationToken)"/> or <see cref="CompleteAsync"/> on the channel before, or return from the
    /// server's handler.
    /// </summary>
    public Stream AsStream() => new SecureStream(this);

    /// <summary>
    /// Closes the connection. Without <see cref="CloseAsync(CancellationToken)"/> or <see cref="CompleteAsync"/> before it, the peer is
    /// told that this was no proper end: whoever leaves a <c>using</c> by an exception has perhaps not sent everything. In a server's
    /// handler it does nothing; the channel ends with the handler, properly if that returns.
    /// </summary>
    public ValueTask DisposeAsync() => Context.EndsWithHandler ? ValueTask.CompletedTask : CloseAsync(ChannelDown, CancellationToken.None);

    /// <summary>As the public one, with the code that the peer is told.</summary>
    internal async ValueTask CloseAsync(byte code, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _closed) == 0 && _failure is null)
        {
            using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Context.CloseTimeout);
            try
            {
                await _sending.WaitAsync(deadline.Token).ConfigureAwait(false);
                try
                {
                    await SayGoodbyeAsync(code, deadline.Token).ConfigureAwait(false);
                }
                finally
                {
                    _sending.Release();
                }

                // What the client still has on its way would reset away our last packets.
                if (!IsClient && !_receivedGoodbye) await DrainAsync().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Lost already, or the peer does not read, or a stream of someone's fails in its own way: it is closed now.
            catch
#pragma warning restore CA1031
            {
            }
        }

        await CloseTransportAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the connection at once, without a goodbye, and lets pending calls fail with <paramref name="reason"/>.</summary>
    internal async ValueTask AbortAsync(ChannelException reason)
    {
        Interlocked.CompareExchange(ref _failure, reason, null);
        await CloseTransportAsync().ConfigureAwait(false);
    }

    /// <summary>For the stream: waits for a message and returns its size, 0 at the end. Then <see cref="OpenMessageAsync"/> must follow.</summary>
    internal async ValueTask<int> NextMessageAsync(CancellationToken cancellationToken)
    {
        while (!_receivedGoodbye)
        {
            int size = await NextPacketAsync(cancellationToken).ConfigureAwait(false);
            PacketHeader header = PacketHeader.Read(_transport.Buffered.Span);
            if (header.Flag == ChannelProfile.MessageFlag) return size;
            OpenedPacket packet = await OpenAsync(default).ConfigureAwait(false);
            if (packet.Kind != OpenedKind.Goodbye) continue;
            PeerCloseCode = packet.Code;
            if (packet.Code != NormalClose) throw await FailAsync(EndedInError(packet.Code)).ConfigureAwait(false);
            _receivedGoodbye = true;
        }

        return 0;
    }

    /// <summary>
    /// On a server, after a client's goodbye: waits until the client closes the connection, which a client that waits for answers does not.
    /// </summary>
    /// <exception cref="ChannelException">Something came after the goodbye.</exception>
    internal async ValueTask WaitForClientToLeaveAsync(CancellationToken cancellationToken)
    {
        EnterReceive();
        try
        {
            if (!await _transport.FillAsync(1, cancellationToken).ConfigureAwait(false)) return;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return;
        }
        finally
        {
            LeaveReceive();
        }

        throw await FailAsync(new ChannelException(ChannelError.UnexpectedFlag, "The client sent something after its goodbye.")).ConfigureAwait(false);
    }

    /// <summary>For the stream: decrypts the message that <see cref="NextMessageAsync"/> announced.</summary>
    internal async ValueTask OpenMessageAsync(Memory<byte> message)
    {
        await OpenAsync(message).ConfigureAwait(false);
        _activity.Received(message.Length);
    }

    /// <summary>One receiver at a time: two would tear packets apart.</summary>
    internal void EnterReceive()
    {
        if (TryEnterReceive()) return;
        throw _draining ? ClosedHere() : new InvalidOperationException("Another receive is pending; one at a time.");
    }

    internal bool TryEnterReceive() => Interlocked.Exchange(ref _receiving, 1) == 0;

    internal void LeaveReceive() => Volatile.Write(ref _receiving, 0);

    // Until a whole packet is buffered whose header is allowed. Returns the size of the message inside.
    private async ValueTask<int> NextPacketAsync(CancellationToken cancellationToken)
    {
        ThrowIfFinished();
        try
        {
            if (!await _transport.FillAsync(PacketHeader.Size, cancellationToken).ConfigureAwait(false)) throw LostInReceive();
            int size = _sealed.CheckHeader(PacketHeader.Read(_transport.Buffered.Span));
            if (!await _transport.FillAsync(size + _sealed.Overhead, cancellationToken).ConfigureAwait(false)) throw LostInReceive();
            return size;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Any stream may be below, and fail in its own way.
            throw await FailAsync(exception).ConfigureAwait(false);
        }
    }

    private async ValueTask<OpenedPacket> OpenAsync(Memory<byte> message)
    {
        int size = PacketHeader.Size + (int)PacketHeader.Read(_transport.Buffered.Span).Length;
        try
        {
            OpenedPacket packet = _sealed.Open(_transport.Buffered.Span[..size], message.Span);
            _transport.Consume(size);
            _activity.Touch();
            return packet;
        }
        catch (ChannelException exception)
        {
            throw await FailAsync(exception).ConfigureAwait(false);
        }
    }

    // The caller holds the semaphore.
    private async ValueTask SayGoodbyeAsync(byte code, CancellationToken cancellationToken)
    {
        if (_sentGoodbye) return;
        await SendCoreAsync(PacketKind.Goodbye, default, cancellationToken, code).ConfigureAwait(false);
        _sentGoodbye = true;

        // A reference client does not read the goodbye; it notices the end of the stream (QSTP §9.1). A client's own direction stays
        // open: its end tells the server that the client has left, and not only stopped sending.
        if (!IsClient) _transport.ShutdownSend();
    }

    private async ValueTask DrainAsync()
    {
        using CancellationTokenSource deadline = new(DrainTime);
        EnterReceive();
        _draining = true;
        try
        {
            await _transport.DrainAsync(DrainLimit, deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            LeaveReceive();
        }
    }

    private async ValueTask SendCoreAsync(
        PacketKind kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken, byte goodbyeCode = NormalClose)
    {
        ThrowIfFinished();
        if (_sentGoodbye) throw new InvalidOperationException("The channel was closed for sending.");
        int size = _sealed.Overhead + kind switch
        {
            PacketKind.Message => message.Length,
            PacketKind.Ratchet => ChannelProfile.RatchetTokenSize,
            _ => 1,
        };
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        bool isSealed = false;
        try
        {
            Span<byte> packet = buffer.AsSpan(0, size);
            switch (kind)
            {
                case PacketKind.Message:
                    _sealed.SealMessage(message.Span, packet);
                    break;
                case PacketKind.Ratchet:
                    _sealed.SealRatchetRequest(RandomSource.System, packet);
                    break;
                case PacketKind.Goodbye:
                    _sealed.SealGoodbye(goodbyeCode, packet);
                    break;
            }

            isSealed = true;
            await _transport.WriteAsync(buffer.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
            _activity.Touch();
        }
        catch (Exception exception) when (isSealed || exception is ChannelException)
        {
            // A packet that was sealed and not sent leaves a gap that nothing can close.
            ChannelException failure = await FailAsync(exception).ConfigureAwait(false);
            if (exception is OperationCanceledException) throw;
            throw failure;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The first failure is final: keys erased, connection closed.
    private async ValueTask<ChannelException> FailAsync(Exception exception)
    {
        ChannelException failure = exception as ChannelException
            ?? new ChannelException(ChannelError.ConnectionLost, "The connection failed.", exception);
        ChannelException first = Interlocked.CompareExchange(ref _failure, failure, null) ?? failure;
        await CloseTransportAsync().ConfigureAwait(false);
        return first;
    }

    private async ValueTask CloseTransportAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        Interlocked.CompareExchange(ref _failure, ClosedHere(), null);
        _sealed.Dispose();
        try
        {
            await _transport.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is closed as far as it can be; closing never throws.
        catch
#pragma warning restore CA1031
        {
        }

    }

    private void ThrowIfFinished()
    {
        if (_failure is { } failure) throw new ChannelException(failure.Error, failure.Message, failure) { PeerCode = failure.PeerCode };
    }

    private static ChannelException ClosedHere() => new(ChannelError.ChannelClosed, "The channel was closed on this side.");

    private static ChannelException EndedInError(byte code) =>
        new(ChannelError.PeerReportedError, $"The peer ended the channel with error code 0x{code:X2}: what it sent may not be all.") { PeerCode = code };

    private static ChannelException LostInReceive() => new(
        ChannelError.ConnectionLost,
        "The connection ended without a goodbye: the peer broke off, or someone cut the stream short.");

    private enum PacketKind
    {
        Message,
        Ratchet,
        Goodbye,
    }
}
