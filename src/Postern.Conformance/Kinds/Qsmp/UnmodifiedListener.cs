using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Packets;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>
/// The reference's single-peer listener as published: after a ratchet it keys itself like a client and so transmits with the
/// initiator's pair. Neither of our channels does or takes that; fresh ciphers of that pair stand in for it. (QSMP §2.7)
/// </summary>
internal sealed class UnmodifiedListener(RecordedSide client, RecordedSide listener, RecordedClock clock) : IDisposable
{
    private PacketOpener? _opener;
    private byte[]? _first;

    /// <summary>The listener transmits with the wrong pair from here on.</summary>
    public bool IsMirrored => _opener is not null;

    public void Mirror(DirectionKeys keys)
    {
        ulong sequence = client.Channel.Opener.Sequence;
        _opener?.Dispose();
        _opener = new PacketOpener(keys.CreateCipher(first: true), keys.CopyRatchetState(), sequence, clock.Wire);
        listener.Substitute(keys, first: true);
    }

    public void Open(in PacketHeader header, byte[] packet, byte[] plaintext)
    {
        byte[] opened = new byte[client.Channel.CheckHeader(header)];
        Expect.Equal("size of the message", plaintext.Length, opened.Length);
        _opener!.Open(header, checkTime: true, packet, opened);
        Expect.Equal("plaintext", plaintext, opened);
        _first ??= packet;
    }

    /// <summary>Our client, which has seen none of these packets, refuses the first.</summary>
    public void CheckRefused()
    {
        byte[] packet = _first ?? throw new FormatException("the listener sends nothing after a ratchet");
        clock.Set(PacketHeader.Read(packet).Time);
        try
        {
            client.Channel.Open(packet, new byte[packet.Length - client.Channel.Overhead]);
        }
        catch (ChannelException exception) when (exception.Error == ChannelError.AuthenticationFailed)
        {
            return;
        }

        throw new InvalidDataException("our client takes a packet that was sealed with its own pair");
    }

    public void Dispose() => _opener?.Dispose();
}
