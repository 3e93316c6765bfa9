using System.Net;
using Postern.Channels;
using Postern.Connections;
using Postern.Telemetry;

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

    private readonly ChannelLife _life;
    private readonly ChannelSender _sender;
    private readonly ChannelReceiver _receiver;

    internal SecureChannel(ChannelKeys keys, PacketTransport transport, ChannelContext context, ChannelEnds? ends = null)
    {
        SealedChannel channel = new(keys, context.Clock, acceptsKeepAlive: context.KeepAliveInterval is not null);
        _life = new ChannelLife(channel, transport, context, ends ?? ChannelEnds.Unknown);
        _sender = new ChannelSender(_life);
        _receiver = new ChannelReceiver(_life, _sender);
        _life.Sender = _sender;
        _life.Receiver = _receiver;
        if (context.KeepAliveInterval is { } interval) KeepAlive.Start(interval, _life, _sender, _receiver);
    }

    /// <summary>The configuration set of this connection.</summary>
    public Suite Suite => Sealed.Suite;

    /// <summary>The peer's address, if the transport has one.</summary>
    public EndPoint? RemoteEndPoint => Ends.RemoteEndPoint;

    /// <summary>The local address, if the transport has one.</summary>
    public EndPoint? LocalEndPoint => Ends.LocalEndPoint;

    /// <summary>Who the handshake proved the peer to be; null for the anonymous clients of QSTP and SIMPLEX.</summary>
    public PeerIdentity? PeerIdentity => Ends.PeerIdentity;

    /// <summary>True on the side that opened the connection.</summary>
    public bool IsClient => Sealed.IsInitiator;

    /// <summary>Largest message in bytes: 65,504 with a 32-byte tag.</summary>
    public int MaxMessageSize => Sealed.MaxMessageSize;

    /// <summary>Ratchets carried out since the handshake, by either side.</summary>
    public long RatchetCount => Sealed.RatchetCount;

    /// <summary>Plaintext bytes sent.</summary>
    public long BytesSent => _life.Activity.BytesSent;

    /// <summary>Plaintext bytes received.</summary>
    public long BytesReceived => _life.Activity.BytesReceived;

    /// <summary>The error code in the peer's goodbye, 0 for a normal close; null before it came.</summary>
    public byte? PeerCloseCode => _receiver.PeerCloseCode;

    /// <summary>Time since a packet was last sent or received.</summary>
    public TimeSpan IdleTime => _life.Activity.IdleTime;

    internal ChannelContext Context => _life.Context;

    /// <summary>Who and where the two ends are.</summary>
    internal ChannelEnds Ends => _life.Ends;

    /// <summary>It has failed, or was closed.</summary>
    internal bool IsOver => _life.IsOver;

    internal SealedChannel Sealed => _life.Channel;

    /// <summary>The receiving half, for the stream.</summary>
    internal ChannelReceiver Receiver => _receiver;

    /// <summary>Sends one message of 1 to <see cref="MaxMessageSize"/> bytes. Completes when the transport has taken it.</summary>
    /// <exception cref="ArgumentException">The message is empty or too large.</exception>
    /// <exception cref="InvalidOperationException"><see cref="CompleteAsync"/> was called before.</exception>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) =>
        SendCoreAsync(message, mayBatch: true, cancellationToken);

    /// <summary>
    /// As the public one. A caller that blocks its thread until the end says <paramref name="mayBatch"/> false: if all threads of the pool did
    /// that, none would be left to serve the batch.
    /// </summary>
    internal async ValueTask SendCoreAsync(ReadOnlyMemory<byte> message, bool mayBatch, CancellationToken cancellationToken)
    {
        if (message.Length == 0 || message.Length > MaxMessageSize)
        {
            throw new ArgumentException($"A message has 1 to {MaxMessageSize} bytes, not {message.Length}.", nameof(message));
        }

        await _sender.SendAsync(message, mayBatch, cancellationToken).ConfigureAwait(false);
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
        await _receiver.EnterAsync().ConfigureAwait(false);
        try
        {
            int size = await _receiver.NextMessageAsync(cancellationToken).ConfigureAwait(false);
            if (size == 0) return 0;
            if (size > buffer.Length)
            {
                throw new ArgumentException($"The next message has {size} bytes, the buffer {buffer.Length}.", nameof(buffer));
            }

            await _receiver.OpenMessageAsync(buffer[..size]).ConfigureAwait(false);
            return size;
        }
        finally
        {
            _receiver.Leave();
        }
    }

    /// <summary>
    /// Waits for the next message and returns its size, or 0 once the peer has said goodbye. The message stays: whoever serves many
    /// quiet channels takes a buffer only when there is something to put into it.
    /// </summary>
    /// <inheritdoc cref="ReceiveAsync(Memory{byte}, CancellationToken)" path="/exception[2]"/>
    public ValueTask<int> WaitForMessageAsync(CancellationToken cancellationToken = default) => _receiver.WaitForMessageAsync(cancellationToken);

    /// <summary>
    /// Replaces all keys by new ones made from the old and 32 fresh random bytes. Both directions switch; packets in flight are not
    /// lost between Postern peers. (QSTP §11, QSMP §1.13)
    /// </summary>
    /// <inheritdoc cref="RatchetAsync(RatchetKind, CancellationToken)" path="/exception"/>
    public ValueTask RatchetAsync(CancellationToken cancellationToken = default) => RatchetAsync(RatchetKind.Symmetric, cancellationToken);

    /// <summary>
    /// Replaces all keys, in one of two ways. Completes when the request is on its way. After an asymmetric one everything that is sent
    /// waits for the peer's answer, and that answer arrives through <see cref="ReceiveAsync(Memory{byte}, CancellationToken)"/>.
    /// </summary>
    /// <exception cref="NotSupportedException">
    /// A client of QSTP or of SIMPLEX asked without being allowed to, for the reference server would drop it; or the ratchet is
    /// asymmetric and this is no DUPLEX channel of a set whose keys fit into a packet.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    /// <exception cref="InvalidOperationException">
    /// Eight ratchets are unanswered: the peer has not sent anything since. Or the ratchet is asymmetric and the peer has said goodbye: it
    /// answers no more.
    /// </exception>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public ValueTask RatchetAsync(RatchetKind kind, CancellationToken cancellationToken = default)
    {
        if (!Context.MayRatchet)
        {
            throw new NotSupportedException(
                "A ratchet from the client's side is off: a reference server drops the connection on it. Allow it in the client's options if the server is Postern.");
        }

        if (OptionCheck.Defined(kind) == RatchetKind.Asymmetric && !Sealed.HasKeyExchange)
        {
            throw new NotSupportedException($"There is no asymmetric ratchet here: it is DUPLEX's, and {Suite} may be too large for it.");
        }

        return _sender.RatchetAsync(kind, cancellationToken);
    }

    /// <summary>What the keys have been used for, and how the channel is, at this moment.</summary>
    public ChannelStatus GetStatus() => Sealed.Describe(new ChannelStatus
    {
        ConnectionId = Ends.Id,
        BytesSent = BytesSent,
        BytesReceived = BytesReceived,
        IdleTime = IdleTime,
        Established = _life.Activity.Established,
        Suite = Suite,
        Cipher = Context.Cipher,
        PeerIdentity = PeerIdentity,
        LocalName = Ends.LocalName,
        RemoteEndPoint = RemoteEndPoint,
    });

    /// <summary>
    /// Says goodbye: nothing more will be sent, but receiving goes on until the peer's own goodbye. Between Postern peers this is what
    /// half-closing is to TCP; a reference peer closes the connection.
    /// </summary>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken = default) =>
        await _sender.SayGoodbyeAsync(NormalClose, cancellationToken).ConfigureAwait(false);

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
    /// As <see cref="AsStream()"/>, but disposing of the stream can be a proper end: for protocols that know by themselves where their messages
    /// end, as HTTP does.
    /// </summary>
    /// <param name="saysGoodbye">Whether disposing says goodbye, as <see cref="CloseAsync(CancellationToken)"/>.</param>
    public Stream AsStream(bool saysGoodbye) => new SecureStream(this, saysGoodbye);

    /// <summary>
    /// Closes the connection. Without <see cref="CloseAsync(CancellationToken)"/> or <see cref="CompleteAsync"/> before it, the peer is
    /// told that this was no proper end: whoever leaves a <c>using</c> by an exception has perhaps not sent everything. In a server's
    /// handler it does nothing; the channel ends with the handler, properly if that returns.
    /// </summary>
    public ValueTask DisposeAsync() => Context.EndsWithHandler ? ValueTask.CompletedTask : CloseAsync(ChannelDown, CancellationToken.None);

    /// <summary>As the public one, with the code that the peer is told.</summary>
    internal async ValueTask CloseAsync(byte code, CancellationToken cancellationToken)
    {
        if (!_life.IsOver)
        {
            using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Context.CloseTimeout);
            await TrySayGoodbyeAsync(code, deadline.Token).ConfigureAwait(false);
        }

        await _life.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Tells the peer by a goodbye with the reason's code, if that can be done before the token, and ends the connection: pending and later calls
    /// fail with <paramref name="reason"/>. Never throws.
    /// </summary>
    internal async Task EndAsync(ChannelException reason, CancellationToken cancellationToken)
    {
        _life.Announce(reason);
        if (!_life.IsOver) await TrySayGoodbyeAsync(reason.WireCode ?? ChannelDown, cancellationToken).ConfigureAwait(false);
        await _life.FailAsync(reason).ConfigureAwait(false);
    }

    /// <summary>Ends the connection at once, without a goodbye, and lets pending calls fail with <paramref name="reason"/>.</summary>
    internal async ValueTask AbortAsync(ChannelException reason) => await _life.FailAsync(reason).ConfigureAwait(false);

    /// <summary>
    /// On a server, after a client's goodbye: waits until the client closes the connection, which a client that waits for answers does not.
    /// </summary>
    /// <exception cref="ChannelException">Something came after the goodbye.</exception>
    internal ValueTask WaitForClientToLeaveAsync(CancellationToken cancellationToken) => _receiver.WaitForEndAsync(cancellationToken);

    private async Task TrySayGoodbyeAsync(byte code, CancellationToken cancellationToken)
    {
        try
        {
            await _receiver.EndHoldAsync(cancellationToken).ConfigureAwait(false);
            await _sender.SayGoodbyeAsync(code, cancellationToken).ConfigureAwait(false);

            // What the client still has on its way would reset away our last packets.
            if (!IsClient && !_receiver.ReceivedGoodbye) await _receiver.DrainAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Lost already, or the peer does not read, or a stream of someone's fails in its own way: it is closed now.
        catch
#pragma warning restore CA1031
        {
        }
    }
}
