using System.Buffers.Binary;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Tests.Support;

/// <summary>
/// A reference peer's ratchet as it is shipped (QSTP §11.3), on its own ciphers: whatever its role, it transmits with the first pair
/// and receives with the second, and leaves the request's time at 0.
/// </summary>
internal sealed class ReferencePeer : IDisposable
{
    private readonly ChannelKeys _keys;
    private readonly TimeProvider _clock;
    private byte[] _ratchetState;
    private RcsCipher _transmit;
    private RcsCipher _receive;
    private ulong _sequence = 2;

    public ReferencePeer(TimeProvider clock, bool isClient = false)
    {
        _clock = clock;
        _keys = TestChannels.Keys(isInitiator: isClient);
        _ratchetState = _keys.Keys.RatchetState.ToArray();
        _transmit = _keys.Keys.CreateCipher(first: isClient);
        _receive = _keys.Keys.CreateCipher(first: !isClient);
    }

    public byte[] Seal(ReadOnlySpan<byte> message) => Seal(0x04, message, (ulong)_clock.GetUtcNow().ToUnixTimeSeconds());

    public byte[] Open(byte[] packet)
    {
        byte[] message = new byte[packet.Length - PacketHeader.Size - _receive.TagSize];
        Assert.True(_receive.TryOpen(packet.AsSpan(0, PacketHeader.Size), packet.AsSpan(PacketHeader.Size), message));
        return message;
    }

    public byte[] Ratchet(RandomSource random)
    {
        byte[] token = new byte[32];
        random.Fill(token);
        byte[] packet = Seal(0x12, token, time: 0);

        // §11.2, written out: 216 bytes of output, of which 128 are used, then the next state.
        byte[] output = new byte[248];
        KeccakSponge sponge = CShake.Start(72, _keys.Suite.ConfigurationField, _ratchetState, token);
        sponge.Squeeze(output);
        _transmit.Dispose();
        _receive.Dispose();
        _transmit = new RcsCipher(_keys.Profile.Rcs, output.AsSpan(0, 32), output.AsSpan(32, 32));
        _receive = new RcsCipher(_keys.Profile.Rcs, output.AsSpan(64, 32), output.AsSpan(96, 32));
        _ratchetState = output[216..248];
        return packet;
    }

    public void Dispose()
    {
        _transmit.Dispose();
        _receive.Dispose();
        _keys.Dispose();
    }

    private byte[] Seal(byte flag, ReadOnlySpan<byte> message, ulong time)
    {
        byte[] packet = new byte[PacketHeader.Size + message.Length + _transmit.TagSize];
        packet[0] = flag;
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(1), message.Length + _transmit.TagSize);
        BinaryPrimitives.WriteUInt64LittleEndian(packet.AsSpan(5), ++_sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(packet.AsSpan(13), time);
        _transmit.Seal(packet.AsSpan(0, PacketHeader.Size), message, packet.AsSpan(PacketHeader.Size));
        return packet;
    }
}
