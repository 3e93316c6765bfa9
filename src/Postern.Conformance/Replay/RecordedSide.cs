using Postern.Channels;
using Postern.Packets;

namespace Postern.Conformance.Replay;

/// <summary>
/// One side of a recorded session: our channel, and, once the recorded peer seals with other keys than our channel would, our sealer
/// with those keys in its place.
/// </summary>
internal sealed class RecordedSide(string name, SealedChannel channel, WireClock clock) : IDisposable
{
    private PacketSealer? _substitute;

    public string Name => name;

    public SealedChannel Channel => channel;

    /// <summary>The counter of the next packet that this side sends.</summary>
    public ReadOnlySpan<byte> Counter => (_substitute ?? channel.Sealer).Cipher.Counter;

    /// <summary>True if the channel's own sealer no longer stands for the recorded peer.</summary>
    public bool HasSubstitute => _substitute is not null;

    public byte[] Seal(byte flag, byte[] plaintext)
    {
        byte[] packet = new byte[plaintext.Length + channel.Overhead];
        if (_substitute is not null)
        {
            _substitute.Seal(flag, plaintext, packet);
        }
        else if (flag == channel.Profile.ErrorFlag)
        {
            Expect.Equal("size of a goodbye", 1, plaintext.Length);
            channel.SealGoodbye(plaintext[0], packet);
        }
        else
        {
            Expect.Equal("flag", ChannelProfile.MessageFlag, flag);
            channel.SealMessage(plaintext, packet);
        }

        return packet;
    }

    /// <summary>The recorded peer goes on with the initiator's or the responder's pair; sequence numbers go on.</summary>
    public void Substitute(DirectionKeys keys, bool first)
    {
        ulong sequence = channel.Sealer.Sequence;
        _substitute?.Dispose();
        _substitute = new PacketSealer(keys.CreateCipher(first), sequence, clock);
    }

    public void Dispose() => _substitute?.Dispose();
}
