using System.Diagnostics;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Handshakes;

/// <summary>
/// One side of a handshake as a pure lockstep machine: packets in, packets out, no I/O. The driver asks <see cref="Next"/> and calls
/// <see cref="Write"/> or <see cref="Read"/> with a packet of exactly <see cref="PacketSize"/> bytes. After an exception it is dead.
/// </summary>
/// <remarks>
/// The states are the packets, in a row; a table of them serves every protocol where a switch for each would say the same again.
/// </remarks>
internal abstract class Handshake(WireClock clock, RandomSource random) : IDisposable
{
    /// <summary>Size of the packet that tells why a handshake failed. (QSTP §6.7, QSMP §1.12)</summary>
    public const int ErrorPacketSize = PacketHeader.Size + 1;

    /// <summary>Sequence number of packets that are sent before a channel exists.</summary>
    public const ulong ErrorSequence = 0xFF00000000000000;

    private HandshakePacket[]? _packets;
    private int _current;
    private bool _dead;
    private ChannelKeys? _keys;

    public HandshakeStep Next
    {
        get
        {
            ThrowIfDead();
            if (_current == Packets.Length) return HandshakeStep.Complete;
            return Packets[_current].Write is null ? HandshakeStep.Receive : HandshakeStep.Send;
        }
    }

    /// <summary>Size of the packet that is next to be sent or received, header included.</summary>
    public int PacketSize => Current.Size();

    /// <summary>The next packet costs key generation or signatures.</summary>
    public bool NextIsCostly => Current.IsCostly;

    /// <summary>Who the peer has proved to be, once the handshake is complete; null if it stays anonymous.</summary>
    public virtual PeerIdentity? PeerIdentity => null;

    /// <summary>Which of several identities this side answered with; null where there is no choice.</summary>
    public virtual string? LocalName => null;

    /// <summary>Whether the certificate that the handshake was made with may still be used; null where nobody watches it.</summary>
    public virtual IChannelTrust? Trust => null;

    /// <summary>The flag of error packets.</summary>
    protected abstract byte ErrorFlag { get; }

    /// <summary>What its owner changed about it.</summary>
    public HandshakeSettings Settings { get; init; } = HandshakeSettings.Default;

    protected WireClock Clock => clock;

    protected RandomSource Random => random;

    private HandshakePacket[] Packets => _packets ??= CreatePackets();

    private HandshakePacket Current
    {
        get
        {
            ThrowIfDead();
            if (_current == Packets.Length) throw new InvalidOperationException("The handshake is complete: no packet follows.");
            return Packets[_current];
        }
    }

    /// <summary>Writes the packet to be sent.</summary>
    /// <exception cref="ChannelException">The handshake cannot go on.</exception>
    public void Write(Span<byte> packet)
    {
        HandshakePacket expected = Current;
        PacketWriter write = expected.Write ?? throw new InvalidOperationException("The peer's packet comes next.");
        Debug.Assert(packet.Length == expected.Size(), "A packet of exactly the announced size.");
        _dead = true;
        new PacketHeader(expected.Flag, (uint)(packet.Length - PacketHeader.Size), expected.Sequence, clock.Now).Write(packet);
        write(packet);
        _dead = false;
        _current++;
    }

    /// <summary>Checks a header as soon as it is there, before the body is waited for.</summary>
    /// <exception cref="ChannelException">The packet is refused.</exception>
    public void ReadHeader(ReadOnlySpan<byte> header)
    {
        HandshakePacket expected = Current;
        if (expected.Read is null) throw new InvalidOperationException("This side's packet comes next.");
        _dead = true;
        CheckHeader(PacketHeader.Read(header), expected);
        _dead = false;
    }

    /// <summary>Takes the whole packet, its header checked again.</summary>
    /// <exception cref="ChannelException">The packet is refused.</exception>
    public void Read(ReadOnlySpan<byte> packet)
    {
        HandshakePacket expected = Current;
        if (expected.Read is not null && packet[0] == ErrorFlag)
        {
            _dead = true;
            throw PeerError(packet[PacketHeader.Size], isWhole: true);
        }

        ReadHeader(packet);
        Debug.Assert(packet.Length == expected.Size(), "A packet of exactly the announced size.");
        _dead = true;
        expected.Read!(packet);
        _dead = false;
        _current++;
    }

    /// <summary>The 22 bytes that tell the peer why the handshake failed.</summary>
    public void WriteError(byte code, Span<byte> packet)
    {
        new PacketHeader(ErrorFlag, 1, ErrorSequence, clock.Now).Write(packet);
        packet[PacketHeader.Size] = Settings.OnlyCode ?? code;
    }

    /// <summary>The exception for an error packet of the peer's.</summary>
    /// <param name="code">What it says, if that is known yet.</param>
    /// <param name="isWhole">It has the size of the packet that was expected, not that of an error packet.</param>
    public ChannelException PeerError(byte? code, bool isWhole)
    {
        byte answer = AnswerToPeerError(code, isWhole, Packets[_current].HeaderErrorCode);
        string message = code is { } known
            ? $"The peer ended the handshake, it says: {DescribeCode(known)} (0x{known:X2}, not authenticated)."
            : "The peer ended the handshake with an error packet.";
        return new ChannelException(ChannelError.PeerReportedError, answer, message) { PeerCode = code };
    }

    /// <summary>The exception for an error of this side's, with the code that the peer is told: the usual one of the error if null.</summary>
    public ChannelException Failure(ChannelError error, string message, byte? code = null) => new(error, code ?? CodeOf(error), message);

    /// <summary>The keys, once <see cref="Next"/> is <see cref="HandshakeStep.Complete"/>. Ownership moves to the caller.</summary>
    public ChannelKeys TakeKeys()
    {
        if (Next != HandshakeStep.Complete || _keys is not { } keys) throw new InvalidOperationException("There are no keys to take.");
        _keys = null;
        return keys;
    }

    /// <summary>Erases whatever secrets are left.</summary>
    public void Dispose()
    {
        _dead = true;
        _keys?.Dispose();
        _keys = null;
        EraseSecrets();
    }

    /// <summary>The code of an error packet in words.</summary>
    public abstract string DescribeCode(byte code);

    /// <summary>The packets of this side, in their order.</summary>
    protected abstract HandshakePacket[] CreatePackets();

    /// <summary>The wire code that tells a peer about an error.</summary>
    protected abstract byte CodeOf(ChannelError error);

    /// <summary>What is answered to a peer that sent an error packet instead of what was expected.</summary>
    /// <param name="code">What it says, if that is known.</param>
    /// <param name="isWhole">It has the size of the packet that was expected.</param>
    /// <param name="headerCode">What the stage answers to a wrong header, if it is always the same.</param>
    protected abstract byte AnswerToPeerError(byte? code, bool isWhole, byte? headerCode);

    /// <summary>Erases the secrets of the protocol's own.</summary>
    protected abstract void EraseSecrets();

    /// <summary>Keeps the keys until they are taken.</summary>
    protected void SetKeys(ChannelKeys keys) => _keys = keys;

    // QSTP §6.6, QSMP §1.9: in this order.
    private void CheckHeader(in PacketHeader header, HandshakePacket expected)
    {
        int bodySize = expected.Size() - PacketHeader.Size;
        if (header.Flag == ErrorFlag) throw PeerError(null, header.Length == bodySize);
        if (!clock.IsTimely(header.Time)) throw Failure(ChannelError.ClockSkew, clock.Describe(header.Time), expected.HeaderErrorCode);
        if (header.Length != bodySize)
        {
            throw Failure(
                ChannelError.InvalidLength, $"Expected a body of {bodySize} bytes, the header says {header.Length}: the peer probably has another protocol, configuration set or form of the cipher.", expected.HeaderErrorCode);
        }

        if (header.Sequence != expected.Sequence)
        {
            throw Failure(ChannelError.OutOfSequence, $"Expected packet {expected.Sequence}, got {header.Sequence}.", expected.HeaderErrorCode);
        }

        if (header.Flag != expected.Flag)
        {
            throw Failure(
                ChannelError.UnexpectedFlag, $"Expected flag 0x{expected.Flag:X2}, got 0x{header.Flag:X2}.", expected.HeaderErrorCode);
        }
    }

    private void ThrowIfDead()
    {
        if (_dead) throw new InvalidOperationException("The handshake is dead: it failed or was disposed of.");
    }
}
