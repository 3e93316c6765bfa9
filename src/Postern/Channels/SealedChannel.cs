using System.Buffers.Binary;
using System.Security.Cryptography;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Channels;

/// <summary>
/// An established channel without its transport: seals what is sent, opens what arrives, and ratchets. The halves work side by side;
/// only a ratchet takes both locks, those of the opener and of the sealer itself, the opener's first. The first failure is final: all keys
/// are erased. (QSTP §8–§11, QSMP §1.8–§1.13)
/// </summary>
internal sealed class SealedChannel : IDisposable
{
    private readonly bool _acceptsKeepAlive;
    private readonly PacketSealer _sealer;
    private readonly PacketOpener _opener;

    // Made for the first ratchet, or at once where a key exchange has to be kept. Under the opener's lock.
    private ChannelRatchets? _ratchets;
    private bool _peerSaidGoodbye;
    private bool _disposed;

    /// <summary>Takes over and erases <paramref name="keys"/>.</summary>
    /// <param name="keys">From the handshake.</param>
    /// <param name="clock">The clock of headers.</param>
    /// <param name="acceptsKeepAlive">Both ends were configured for keep-alives.</param>
    public SealedChannel(ChannelKeys keys, WireClock clock, bool acceptsKeepAlive = false)
    {
        _acceptsKeepAlive = acceptsKeepAlive;
        Suite = keys.Suite;
        Profile = keys.Profile;
        IsInitiator = keys.IsInitiator;
        using (keys)
        {
            (RcsCipher transmit, RcsCipher receive) = keys.TakeCiphers();
            _sealer = new PacketSealer(transmit, Profile.HandshakeSequence, clock);
            _opener = new PacketOpener(receive, keys.Keys.CopyRatchetState(), Profile.HandshakeSequence, clock);
            if (keys.KeyExchange is not null) _ratchets = CreateRatchets(keys.KeyExchange);
        }
    }

    public Suite Suite { get; }

    public ChannelProfile Profile { get; }

    public bool IsInitiator { get; }

    /// <summary>The sending half, for a replay that follows a recorded peer step by step; outside any lock.</summary>
    public PacketSealer Sealer => _sealer;

    /// <summary>The receiving half, for the same.</summary>
    public PacketOpener Opener => _opener;

    /// <summary>Bytes that sealing adds to a message: header and tag.</summary>
    public int Overhead => PacketHeader.Size + Profile.Rcs.TagSize;

    /// <summary>Largest message of one packet.</summary>
    public int MaxMessageSize => ChannelProfile.MaxBodySize - Profile.Rcs.TagSize;

    /// <summary>Asymmetric ratchets exist here, and their packets are small enough. (QSMP §3.5)</summary>
    public bool HasKeyExchange => _ratchets?.KeyExchange is { } exchange && exchange.RequestSize <= MaxMessageSize;

    /// <summary>Size of an asymmetric request's message.</summary>
    public int KeyExchangeRequestSize => _ratchets!.KeyExchange!.RequestSize;

    /// <summary>Size of its answer's message.</summary>
    public int KeyExchangeAnswerSize => _ratchets!.KeyExchange!.ResponseSize;

    /// <summary>Ratchets carried out, by either side.</summary>
    public long RatchetCount => _ratchets is { } ratchets ? ratchets.Count : 0;

    /// <summary>Own ratchets that the peer has not yet confirmed by sending under the new keys.</summary>
    public int PendingRatchets
    {
        get
        {
            lock (_opener) return _opener.PendingCount;
        }
    }

    /// <summary>The peer's asymmetric ratchet waits for its answer. Asked before each send, so without the opener's lock.</summary>
    public bool OwesAnswer => _ratchets is { OwesAnswer: true };

    /// <summary>Fills in what the two halves count.</summary>
    public ChannelStatus Describe(ChannelStatus status)
    {
        lock (_opener)
            lock (_sealer)
            {
                return status with
                {
                    Epoch = _sealer.Epoch,
                    Ratchets = RatchetCount,
                    PendingRatchets = _opener.PendingCount,
                    KeySince = _sealer.KeySince,
                    BytesSentUnderKey = _sealer.BytesUnderKey,
                    PacketsSentUnderKey = _sealer.PacketsUnderKey,
                    BytesReceivedUnderKey = _opener.BytesUnderKey,
                    PacketsReceivedUnderKey = _opener.PacketsUnderKey,
                    PeerClockOffset = _opener.ClockOffset is { } offset ? TimeSpan.FromSeconds(offset) : null,
                };
            }
    }

    /// <summary>The peer has said goodbye: it answers no more.</summary>
    public bool PeerSaidGoodbye
    {
        get
        {
            lock (_opener) return _peerSaidGoodbye;
        }
    }

    /// <summary>Which key this side seals with, since when (a timestamp), and the packets and bytes under it.</summary>
    public (long Epoch, long Since, long Packets, long Bytes) SentUnderKey
    {
        get
        {
            lock (_sealer) return (_sealer.Epoch, _sealer.KeyTimestamp, _sealer.PacketsUnderKey, _sealer.BytesUnderKey);
        }
    }

    /// <summary>Seals one message. <paramref name="packet"/> must be <c>message.Length + Overhead</c> bytes.</summary>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public void SealMessage(ReadOnlySpan<byte> message, Span<byte> packet) => Seal(ChannelProfile.MessageFlag, message, packet);

    /// <summary>Seals the goodbye with an error code, 0 for a normal close. (QSTP §9.1, QSMP §1.12)</summary>
    public void SealGoodbye(byte code, Span<byte> packet) => Seal(Profile.ErrorFlag, [code], packet);

    /// <summary>Seals a keep-alive that says how often they come.</summary>
    public void SealKeepAlive(uint milliseconds, Span<byte> packet)
    {
        Span<byte> message = stackalloc byte[ChannelProfile.KeepAliveSize];
        BinaryPrimitives.WriteUInt32LittleEndian(message, milliseconds);
        Seal(ChannelProfile.KeepAliveFlag, message, packet);
    }

    /// <summary>
    /// Seals a ratchet request and switches: we send under the new keys at once, and accept the old ones until the peer shows the
    /// new. (QSTP §11, QSMP §1.13)
    /// </summary>
    /// <exception cref="InvalidOperationException">Too many ratchets are outstanding.</exception>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public void SealRatchetRequest(RandomSource random, Span<byte> packet)
    {
        Span<byte> token = stackalloc byte[ChannelProfile.RatchetTokenSize];
        try
        {
            random.Fill(token);
            lock (_opener)
            {
                ThrowIfFinished();
                Ratchets.SealRequest(token, packet);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(token);
        }
    }

    /// <summary>
    /// Seals an asymmetric ratchet request. Nothing else may be sealed until its answer has come, for the peer would not understand
    /// it. False, with nothing sealed, if the peer's own request must be answered first, or the peer has said goodbye. (QSMP §3.5)
    /// </summary>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public bool TrySealKeyExchangeRequest(RandomSource random, Span<byte> packet)
    {
        lock (_opener)
        {
            ThrowIfFinished();
            return !_peerSaidGoodbye && Ratchets.TrySealKeyExchange(random, packet);
        }
    }

    /// <summary>Seals the answer to the peer's asymmetric ratchet and switches. False if none is owed.</summary>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public bool TrySealKeyExchangeAnswer(RandomSource random, Span<byte> packet)
    {
        lock (_opener)
        {
            ThrowIfFinished();
            if (!OwesAnswer) return false;
            Ratchets.SealAnswer(random, packet);
            return true;
        }
    }

    /// <summary>
    /// After our goodbye nothing follows, no answer to the peer's asymmetric ratchet either: both sides keep their keys. The peer knows,
    /// for an answer would have come before the goodbye.
    /// </summary>
    public void DropAnswer()
    {
        lock (_opener) _ratchets?.DropAnswer();
    }

    /// <summary>
    /// Checks a header before its body is read: the only thing known of it is that the peer's network sent it. (QSTP §7, §10)
    /// </summary>
    /// <returns>The size of the message inside: 1 for a goodbye, 32 for a ratchet.</returns>
    /// <exception cref="ChannelException">No such packet is allowed here; the channel is finished.</exception>
    public int CheckHeader(in PacketHeader header)
    {
        try
        {
            return new HeaderCheck(Profile, HasKeyExchange ? _ratchets!.KeyExchange : null, _acceptsKeepAlive).Run(header);
        }
        catch (ChannelException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens a whole packet whose header was checked. A message goes to <paramref name="message"/>, of exactly its size.</summary>
    /// <exception cref="ChannelException">The packet is refused; the channel is finished.</exception>
    public OpenedPacket Open(ReadOnlySpan<byte> packet, Span<byte> message)
    {
        PacketHeader header = PacketHeader.Read(packet);
        try
        {
            lock (_opener)
            {
                ThrowIfFinished();
                return OpenCore(header, packet, message);
            }
        }
        catch (ChannelException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Begins to seal a message together with those of other channels: takes the sealer's lock, which <see cref="EndSeal"/> gives back on the
    /// same thread. False if someone else has it or the channel is finished: seal it alone then.
    /// </summary>
    public bool TryBeginSeal(ReadOnlyMemory<byte> message, Memory<byte> packet, out RcsSealJob job)
    {
        job = default;
        if (Monitor.IsEntered(_sealer) || !Monitor.TryEnter(_sealer)) return false;
        if (_disposed)
        {
            Monitor.Exit(_sealer);
            return false;
        }

        try
        {
            job = _sealer.BeginSeal(message, packet);
            return true;
        }
        catch
        {
            Monitor.Exit(_sealer);
            throw;
        }
    }

    /// <summary>The message is sealed.</summary>
    public void EndSeal(int messageSize)
    {
        _sealer.EndSeal(messageSize);
        Monitor.Exit(_sealer);
    }

    /// <summary>
    /// Begins to open a message together with those of other channels: takes the opener's lock, which <see cref="EndOpen"/> gives back on the
    /// same thread. False if someone else has it, or it takes more than the cipher: open it alone then.
    /// </summary>
    public bool TryBeginOpen(ReadOnlyMemory<byte> packet, Memory<byte> message, out RcsOpenJob job)
    {
        job = default;
        if (Monitor.IsEntered(_opener) || !Monitor.TryEnter(_opener)) return false;
        bool begun = false;
        try
        {
            begun = !_disposed && _opener.TryBeginOpen(PacketHeader.Read(packet.Span), packet, message, out job);
            return begun;
        }
        finally
        {
            if (!begun) Monitor.Exit(_opener);
        }
    }

    /// <summary>The message was opened, or is not genuine. Whoever called must dispose of the channel then, with no lock of another's.</summary>
    /// <exception cref="ChannelException">The packet is refused; the channel is finished.</exception>
    public void EndOpen(ReadOnlySpan<byte> packet, bool genuine, int messageSize)
    {
        try
        {
            _opener.EndOpen(PacketHeader.Read(packet), genuine, messageSize);
        }
        finally
        {
            Monitor.Exit(_opener);
        }
    }

    /// <summary>The keys of a ratchet with this token. (QSTP §11.2, QSMP §1.13)</summary>
    public DirectionKeys DeriveRatchet(ReadOnlySpan<byte> token, ReadOnlySpan<byte> ratchetState)
    {
        lock (_opener) return Ratchets.Derive(token, ratchetState);
    }

    /// <summary>Keeps less in memory until the next packet, unless the channel is in use at this moment.</summary>
    public void Rest()
    {
        if (Monitor.TryEnter(_opener))
        {
            if (!_disposed) _opener.Rest();
            Monitor.Exit(_opener);
        }

        if (!Monitor.TryEnter(_sealer)) return;
        if (!_disposed) _sealer.Rest();
        Monitor.Exit(_sealer);
    }

    /// <summary>Erases all keys. Safe to call again and beside a running call, which then finds the channel finished.</summary>
    public void Dispose()
    {
        lock (_opener)
            lock (_sealer)
            {
                _disposed = true;
                _opener.Dispose();
                _sealer.Dispose();
                _ratchets?.Dispose();
            }
    }

    private ChannelRatchets Ratchets => _ratchets ??= CreateRatchets(null);

    private ChannelRatchets CreateRatchets(KeyExchangeRatchet? keyExchange) => new(Suite, Profile, IsInitiator, keyExchange, _sealer, _opener);

    private OpenedPacket OpenCore(in PacketHeader header, ReadOnlySpan<byte> packet, Span<byte> message)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        number.Clear();
        switch (header.Flag)
        {
            case ChannelProfile.MessageFlag:
                _opener.Open(header, checkTime: true, packet, message);
                return new OpenedPacket(OpenedKind.Message);
            case ChannelProfile.RatchetFlag:
                Ratchets.OpenRequest(header, packet);
                return new OpenedPacket(OpenedKind.Ratchet);
            case ChannelProfile.KeyExchangeRequestFlag:
                return new OpenedPacket(Ratchets.OpenKeyExchange(header, packet));
            case ChannelProfile.KeyExchangeResponseFlag:
                if (!Ratchets.KeyExchange!.IsOutstanding) throw new ChannelException(ChannelError.UnexpectedFlag, "The peer answers a ratchet that nobody asked for.");
                Ratchets.OpenAnswer(header, packet);
                return new OpenedPacket(OpenedKind.Ratchet);
            case ChannelProfile.KeepAliveFlag:
                _opener.Open(header, checkTime: true, packet, number);
                return new OpenedPacket(OpenedKind.Nothing, BinaryPrimitives.ReadUInt32LittleEndian(number));
            default:
                _opener.Open(header, checkTime: true, packet, number[..1]);
                _peerSaidGoodbye = true;
                _ratchets?.EndByGoodbye();
                return new OpenedPacket(OpenedKind.Goodbye, number[0]);
        }
    }

    private void Seal(byte flag, ReadOnlySpan<byte> message, Span<byte> packet)
    {
        lock (_sealer)
        {
            ThrowIfFinished();
            _sealer.Seal(flag, message, packet);
        }
    }

    private void ThrowIfFinished()
    {
        if (_disposed) throw new ChannelException(ChannelError.ChannelClosed, "The channel is closed.");
    }
}
