using System.Diagnostics;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Channels;

/// <summary>The sending half: numbers, stamps and seals packets. One caller at a time. (QSTP §8)</summary>
internal sealed class PacketSealer(RcsCipher cipher, ulong lastSequence, WireClock clock) : IDisposable
{
    private RcsCipher _cipher = cipher;
    private ulong _sequence = lastSequence;
    private long _keySinceTicks = clock.TimeProvider.GetUtcNow().UtcTicks;

    /// <summary>Bytes that sealing adds to a message.</summary>
    public int Overhead => PacketHeader.Size + _cipher.TagSize;

    /// <summary>The cipher of the next packet, to be looked at.</summary>
    public RcsCipher Cipher => _cipher;

    /// <summary>The number of the last packet sealed.</summary>
    public ulong Sequence => _sequence;

    /// <summary>Packets under the present key.</summary>
    public long PacketsUnderKey { get; private set; }

    /// <summary>Plaintext bytes under the present key.</summary>
    public long BytesUnderKey { get; private set; }

    /// <summary>How often the key was replaced.</summary>
    public long Epoch { get; private set; }

    /// <summary>When the present key was taken, by the local clock.</summary>
    public DateTimeOffset KeySince => new(_keySinceTicks, TimeSpan.Zero);

    /// <summary>The same as a timestamp, for its age.</summary>
    public long KeyTimestamp { get; private set; } = clock.TimeProvider.GetTimestamp();

    /// <summary>
    /// Writes header, ciphertext and tag of one packet, <c>message.Length + Overhead</c> bytes. The sequence is incremented first and
    /// then used; the header as sent is the associated data.
    /// </summary>
    /// <param name="flag">What the packet is.</param>
    /// <param name="message">The plaintext.</param>
    /// <param name="packet">Gets the packet.</param>
    /// <param name="timeless">The header's time is 0, not now.</param>
    public void Seal(byte flag, ReadOnlySpan<byte> message, Span<byte> packet, bool timeless = false)
    {
        WriteHeader(flag, message.Length, packet, timeless);
        _cipher.Seal(packet[..PacketHeader.Size], message, packet[PacketHeader.Size..]);
        Count(message.Length);
    }

    /// <summary>As <see cref="Seal"/> for a message, but the cipher's part is left to a batch. <see cref="EndSeal"/> must follow.</summary>
    public RcsSealJob BeginSeal(ReadOnlyMemory<byte> message, Memory<byte> packet)
    {
        WriteHeader(ChannelProfile.MessageFlag, message.Length, packet.Span, timeless: false);
        return new RcsSealJob(_cipher, packet[..PacketHeader.Size], message, packet[PacketHeader.Size..]);
    }

    /// <summary>The batch is done.</summary>
    public void EndSeal(int messageSize) => Count(messageSize);

    /// <summary>Takes a fresh cipher and erases the old one. Sequence numbers go on.</summary>
    public void Rekey(RcsCipher cipher)
    {
        _cipher.Dispose();
        _cipher = cipher;
        PacketsUnderKey = 0;
        BytesUnderKey = 0;
        Epoch++;
        _keySinceTicks = clock.TimeProvider.GetUtcNow().UtcTicks;
        KeyTimestamp = clock.TimeProvider.GetTimestamp();
    }

    /// <summary>Nothing is sent for a while.</summary>
    public void Rest() => _cipher.Rest();

    public void Dispose() => _cipher.Dispose();

    private void WriteHeader(byte flag, int messageSize, Span<byte> packet, bool timeless)
    {
        Debug.Assert(packet.Length == messageSize + Overhead, "The packet's size follows from the message.");
        _sequence++;
        new PacketHeader(flag, (uint)(messageSize + _cipher.TagSize), _sequence, timeless ? 0 : clock.Now).Write(packet);
    }

    private void Count(int messageSize)
    {
        PacketsUnderKey++;
        BytesUnderKey += messageSize;
    }
}
