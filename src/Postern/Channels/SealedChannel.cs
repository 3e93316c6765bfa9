using System.Security.Cryptography;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Channels;

/// <summary>
/// An established channel without its transport: seals what is sent, opens what arrives, and ratchets. The halves work side by side;
/// only a ratchet takes both locks, the opener's first. The first failure is final: all keys are erased. (QSTP §8–§11)
/// </summary>
internal sealed class SealedChannel : IDisposable
{
    private readonly Lock _openLock = new();
    private readonly Lock _sealLock = new();
    private readonly ChannelKeysInfo _info;
    private readonly PacketSealer _sealer;
    private readonly PacketOpener _opener;
    private bool _disposed;

    /// <summary>Takes over and erases <paramref name="keys"/>.</summary>
    public SealedChannel(ChannelKeys keys, WireClock clock)
    {
        using (keys)
        {
            _info = new ChannelKeysInfo(keys.Suite, keys.Profile, keys.IsInitiator);
            _sealer = new PacketSealer(keys.Keys.CreateCipher(first: keys.IsInitiator), keys.Profile.HandshakeSequence, clock);
            _opener = new PacketOpener(
                keys.Keys.CreateCipher(first: !keys.IsInitiator),
                keys.Keys.CopyRatchetState(),
                keys.Profile.HandshakeSequence,
                clock);
        }
    }

    public Suite Suite => _info.Suite;

    public ChannelProfile Profile => _info.Profile;

    public bool IsInitiator => _info.IsInitiator;

    /// <summary>The sending half, for a replay that follows a recorded peer step by step; outside any lock.</summary>
    public PacketSealer Sealer => _sealer;

    /// <summary>The receiving half, for the same.</summary>
    public PacketOpener Opener => _opener;

    /// <summary>Bytes that sealing adds to a message: header and tag.</summary>
    public int Overhead => PacketHeader.Size + Profile.Rcs.TagSize;

    /// <summary>Largest message of one packet.</summary>
    public int MaxMessageSize => ChannelProfile.MaxBodySize - Profile.Rcs.TagSize;

    /// <summary>Ratchets carried out, by either side.</summary>
    public long RatchetCount { get; private set; }

    /// <summary>Own ratchets that the peer has not yet confirmed by sending under the new keys.</summary>
    public int PendingRatchets
    {
        get
        {
            lock (_openLock) return _opener.PendingCount;
        }
    }

    /// <summary>Seals one message. <paramref name="packet"/> must be <c>message.Length + Overhead</c> bytes.</summary>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public void SealMessage(ReadOnlySpan<byte> message, Span<byte> packet) => Seal(ChannelProfile.MessageFlag, message, packet);

    /// <summary>Seals the goodbye with an error code, 0 for a normal close. (QSTP §9.1)</summary>
    public void SealGoodbye(byte code, Span<byte> packet) => Seal(Profile.ErrorFlag, [code], packet);

    /// <summary>
    /// Seals a ratchet request and switches: we send under the new keys at once, and accept the old ones until the peer shows the
    /// new. (QSTP §11)
    /// </summary>
    /// <exception cref="InvalidOperationException">Too many ratchets are outstanding.</exception>
    /// <exception cref="ChannelException">The channel is finished.</exception>
    public void SealRatchetRequest(RandomSource random, Span<byte> packet)
    {
        Span<byte> token = stackalloc byte[ChannelProfile.RatchetTokenSize];
        try
        {
            random.Fill(token);
            lock (_openLock)
            {
                ThrowIfFinished();
                if (_opener.PendingCount == PacketOpener.MaxPending)
                {
                    throw new InvalidOperationException(
                        $"{PacketOpener.MaxPending} ratchets are outstanding: the peer has sent nothing since the first of them.");
                }

                using DirectionKeys keys = DeriveRatchet(token, _opener.OwnRatchetState);
                lock (_sealLock)
                {
                    _sealer.Seal(ChannelProfile.RatchetFlag, token, packet);
                    _sealer.Rekey(keys.CreateCipher(first: IsInitiator));
                }

                _opener.AddPending(keys.CreateCipher(first: !IsInitiator), keys.CopyRatchetState());
                RatchetCount++;
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(token);
        }
    }

    /// <summary>
    /// Checks a header before its body is read: the only thing known of it is that the peer's network sent it. (QSTP §7, §10)
    /// </summary>
    /// <returns>The size of the message inside: 1 for a goodbye, 32 for a ratchet.</returns>
    /// <exception cref="ChannelException">No such packet is allowed here; the channel is finished.</exception>
    public int CheckHeader(in PacketHeader header)
    {
        int tagSize = Profile.Rcs.TagSize;
        if (header.Length <= tagSize || header.Length > ChannelProfile.MaxBodySize)
        {
            throw Fail(new ChannelException(
                ChannelError.InvalidLength,
                $"A packet's length is {tagSize + 1} to {ChannelProfile.MaxBodySize} bytes, this one says {header.Length}."));
        }

        int messageSize = (int)header.Length - tagSize;
        int? expected = header.Flag switch
        {
            ChannelProfile.MessageFlag => messageSize,
            ChannelProfile.RatchetFlag => ChannelProfile.RatchetTokenSize,
            ChannelProfile.TerminateFlag => throw Fail(new ChannelException(
                ChannelError.UnauthenticatedTermination,
                "The peer, or someone on the path, asked to end the connection without authentication.")),
            _ when header.Flag == Profile.ErrorFlag => 1,
            _ => null,
        };
        if (expected is null)
        {
            throw Fail(new ChannelException(ChannelError.UnexpectedFlag, $"Flag 0x{header.Flag:X2} is not allowed in an established channel."));
        }

        if (messageSize != expected)
        {
            throw Fail(new ChannelException(
                ChannelError.InvalidLength,
                $"A packet with flag 0x{header.Flag:X2} carries {expected} bytes, this one {messageSize}."));
        }

        return messageSize;
    }

    /// <summary>Opens a whole packet whose header was checked. A message goes to <paramref name="message"/>, of exactly its size.</summary>
    /// <exception cref="ChannelException">The packet is refused; the channel is finished.</exception>
    public OpenedPacket Open(ReadOnlySpan<byte> packet, Span<byte> message)
    {
        PacketHeader header = PacketHeader.Read(packet);
        try
        {
            lock (_openLock)
            {
                ThrowIfFinished();
                if (header.Flag == ChannelProfile.MessageFlag)
                {
                    _opener.Open(header, checkTime: true, packet, message);
                    return new OpenedPacket(OpenedKind.Message, 0);
                }

                if (header.Flag == ChannelProfile.RatchetFlag)
                {
                    OpenRatchet(header, packet);
                    return new OpenedPacket(OpenedKind.Ratchet, 0);
                }

                Span<byte> code = stackalloc byte[1];
                _opener.Open(header, checkTime: true, packet, code);
                return new OpenedPacket(OpenedKind.Goodbye, code[0]);
            }
        }
        catch (ChannelException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>okm = cSHAKE(N = configuration field, S = ratchet state, X = token). (QSTP §11.2, QSMP §1.13)</summary>
    public DirectionKeys DeriveRatchet(ReadOnlySpan<byte> token, ReadOnlySpan<byte> ratchetState) => DirectionKeys.Derive(
        Profile.Rcs, Profile.RatchetRate, Profile.RatchetBlocks, Suite.ConfigurationField, ratchetState, token);

    /// <summary>Erases all keys. Safe to call again and beside a running call, which then finds the channel finished.</summary>
    public void Dispose()
    {
        lock (_openLock)
            lock (_sealLock)
            {
                _disposed = true;
                _opener.Dispose();
                _sealer.Dispose();
            }
    }

    private void Seal(byte flag, ReadOnlySpan<byte> message, Span<byte> packet)
    {
        lock (_sealLock)
        {
            ThrowIfFinished();
            _sealer.Seal(flag, message, packet);
        }
    }

    // The peer's ratchet. If ratchets of ours are outstanding the peer had not seen them when it sent this one: they crossed, and the
    // connection initiator's wins. The loser drops its own; the winner only follows the peer until the peer has seen the winner's.
    private void OpenRatchet(in PacketHeader header, ReadOnlySpan<byte> packet)
    {
        Span<byte> token = stackalloc byte[ChannelProfile.RatchetTokenSize];
        bool timeless = header.Time == 0 && (IsInitiator || !Profile.TimelessRatchetIsMirrored);
        _opener.Open(header, checkTime: !timeless, packet, token);
        using DirectionKeys keys = DeriveRatchet(token, _opener.PeerRatchetState);
        CryptographicOperations.ZeroMemory(token);

        // QSTP §11.4: a reference server, which leaves the time at 0, transmits with the initiator's pair; its client must mirror that.
        bool mirrored = timeless && Profile.TimelessRatchetIsMirrored;
        bool transmitFirst = IsInitiator != mirrored;
        bool crossed = _opener.PendingCount > 0;
        _opener.Advance(keys.CreateCipher(first: !transmitFirst), keys.CopyRatchetState());
        RatchetCount++;
        if (crossed && IsInitiator) return;

        _opener.DropPending();
        lock (_sealLock) _sealer.Rekey(keys.CreateCipher(first: transmitFirst));
    }

    private ChannelException Fail(ChannelException reason)
    {
        Dispose();
        return reason;
    }

    private void ThrowIfFinished()
    {
        if (_disposed) throw new ChannelException(ChannelError.ChannelClosed, "The channel is closed.");
    }

    private sealed record ChannelKeysInfo(Suite Suite, ChannelProfile Profile, bool IsInitiator);
}
