using System.Diagnostics;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Channels;

/// <summary>
/// The receiving half: checks order, time and tag, and decrypts. It holds the keys that the peer sends with and, behind them, those
/// of our own ratchets that the peer has not shown yet: the tag of the next packet decides which it uses. One caller at a time.
/// (QSTP §8.3, §11)
/// </summary>
internal sealed class PacketOpener(RcsCipher cipher, SecretBytes ratchetState, ulong lastSequence, WireClock clock) : IDisposable
{
    /// <summary>Own ratchets that may be outstanding at once; each holds about 1 KB until the peer's next packet.</summary>
    public const int MaxPending = 8;

    // Only while there are such ratchets: nearly every channel does without.
    private List<Epoch>? _pending;
    private Epoch _current = new(cipher, ratchetState);
    private ulong _sequence = lastSequence;

    /// <summary>The number of the last packet accepted.</summary>
    public ulong Sequence => _sequence;

    /// <summary>Own ratchets under which the peer has not sent anything yet.</summary>
    public int PendingCount => _pending is null ? 0 : _pending.Count;

    /// <summary>Packets accepted under the key that the peer sends with.</summary>
    public long PacketsUnderKey { get; private set; }

    /// <summary>Plaintext bytes accepted under it.</summary>
    public long BytesUnderKey { get; private set; }

    /// <summary>The peer's clock minus this one in seconds, by the last packet that carried a time; the way here is in it. Null before.</summary>
    public long? ClockOffset { get; private set; }

    public int TagSize => _current.Cipher.TagSize;

    /// <summary>The seed of the next ratchet by the peer: that of the keys it sends with.</summary>
    public ReadOnlySpan<byte> PeerRatchetState => _current.RatchetState.Span;

    /// <summary>The seed of our next ratchet: that of our newest keys.</summary>
    public ReadOnlySpan<byte> OwnRatchetState => (_pending is null ? _current : _pending[^1]).RatchetState.Span;

    /// <summary>
    /// Checks and decrypts a whole packet into <paramref name="message"/>, whose size is that of the body without the tag. Nothing is
    /// written unless the tag is right. (QSTP §8.3, in its order)
    /// </summary>
    /// <exception cref="ChannelException">The packet is refused; nothing sent later can be accepted.</exception>
    public void Open(in PacketHeader header, bool checkTime, ReadOnlySpan<byte> packet, Span<byte> message)
    {
        Debug.Assert(message.Length == packet.Length - PacketHeader.Size - TagSize, "The message's size follows from the packet.");
        if (header.Sequence != _sequence + 1)
        {
            throw new ChannelException(
                ChannelError.OutOfSequence,
                $"Expected packet {_sequence + 1}, got {header.Sequence}: a packet was lost, repeated or inserted.");
        }

        if (checkTime && !clock.IsTimely(header.Time)) throw new ChannelException(ChannelError.ClockSkew, clock.Describe(header.Time));
        End(header, checkTime, TryOpen(packet, message), message.Length);
    }

    /// <summary>
    /// As <see cref="Open"/> for a message, but the cipher's part is left to a batch; <see cref="EndOpen"/> must follow. False if it takes
    /// more than that: a packet that is refused by its header, or a ratchet that the peer has yet to show.
    /// </summary>
    public bool TryBeginOpen(in PacketHeader header, ReadOnlyMemory<byte> packet, Memory<byte> message, out RcsOpenJob job)
    {
        job = default;
        if (_pending is not null || header.Sequence != _sequence + 1 || !clock.IsTimely(header.Time)) return false;
        job = new RcsOpenJob(_current.Cipher, packet[..PacketHeader.Size], packet[PacketHeader.Size..], message);
        return true;
    }

    /// <summary>The batch is done.</summary>
    /// <exception cref="ChannelException">The packet is refused.</exception>
    public void EndOpen(in PacketHeader header, bool genuine, int messageSize) => End(header, checkTime: true, genuine, messageSize);

    private void End(in PacketHeader header, bool checkTime, bool genuine, int messageSize)
    {
        if (!genuine)
        {
            // At first it may be a mistake of those who set the two ends up.
            string perhaps = PacketsUnderKey == 0 ? ", or the two ends use different forms of the cipher" : string.Empty;
            throw new ChannelException(
                ChannelError.AuthenticationFailed, $"The tag of packet {header.Sequence} is wrong: the packet was altered{perhaps}.");
        }

        _sequence++;
        PacketsUnderKey++;
        BytesUnderKey += messageSize;
        if (checkTime) ClockOffset = clock.OffsetOf(header.Time);
    }

    /// <summary>Our own ratchet: the peer sends with these keys from some packet on.</summary>
    public void AddPending(RcsCipher cipher, SecretBytes ratchetState) => (_pending ??= []).Add(new Epoch(cipher, ratchetState));

    /// <summary>The peer's ratchet: its next packet is under these keys, or under those of a pending ratchet of ours if any is left.</summary>
    public void Advance(RcsCipher cipher, SecretBytes ratchetState)
    {
        _current.Dispose();
        _current = new Epoch(cipher, ratchetState);
        CountAnew();
    }

    /// <summary>Forgets our own outstanding ratchets: the peer's crossed them and wins.</summary>
    public void DropPending()
    {
        foreach (Epoch epoch in _pending ?? []) epoch.Dispose();
        _pending = null;
    }

    /// <summary>Nothing is received for a while.</summary>
    public void Rest()
    {
        _current.Cipher.Rest();
        foreach (Epoch epoch in _pending ?? []) epoch.Cipher.Rest();
    }

    public void Dispose()
    {
        _current.Dispose();
        DropPending();
    }

    private bool TryOpen(ReadOnlySpan<byte> packet, Span<byte> message)
    {
        ReadOnlySpan<byte> header = packet[..PacketHeader.Size];
        ReadOnlySpan<byte> body = packet[PacketHeader.Size..];
        if (_pending is null) return _current.Cipher.TryOpen(header, body, message);
        if (_current.Cipher.TryOpenTentatively(header, body, message)) return true;
        for (int i = 0; i < _pending.Count; i++)
        {
            if (!_pending[i].Cipher.TryOpenTentatively(header, body, message)) continue;
            ConfirmPending(_pending, i);
            return true;
        }

        return false;
    }

    // The peer has switched to our ratchet i; it can never go back to an earlier one.
    private void ConfirmPending(List<Epoch> pending, int index)
    {
        _current.Dispose();
        for (int i = 0; i < index; i++) pending[i].Dispose();
        _current = pending[index];
        pending.RemoveRange(0, index + 1);
        if (pending.Count == 0) _pending = null;
        CountAnew();
    }

    private void CountAnew()
    {
        PacketsUnderKey = 0;
        BytesUnderKey = 0;
    }

    private readonly record struct Epoch(RcsCipher Cipher, SecretBytes RatchetState) : IDisposable
    {
        public void Dispose()
        {
            Cipher.Dispose();
            RatchetState.Dispose();
        }
    }
}
