using Postern.Channels;
using Postern.Packets;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSTP §8.1: strictly one after another, each once.</summary>
public sealed class PacketOrderTests
{
    private static readonly WireClock WireClock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));

    private readonly SealedChannel _sender = TestChannels.Sealed(isInitiator: true, WireClock);
    private readonly SealedChannel _receiver = TestChannels.Sealed(isInitiator: false, WireClock);

    [Fact]
    public void The_first_packet_of_each_direction_is_number_three_and_the_directions_count_alone()
    {
        Assert.Equal(3UL, PacketHeader.Read(_sender.Seal([1])).Sequence);
        Assert.Equal(4UL, PacketHeader.Read(_sender.Seal([1])).Sequence);
        Assert.Equal(3UL, PacketHeader.Read(_receiver.Seal([1])).Sequence);
        Assert.Equal(5UL, PacketHeader.Read(_sender.SealRatchet(new SeededRandom(1))).Sequence);
        Assert.Equal(6UL, PacketHeader.Read(_sender.SealGoodbye()).Sequence);
    }

    [Fact]
    public void A_replayed_packet_is_refused()
    {
        byte[] packet = _sender.Seal("once"u8);
        Assert.Equal("once"u8.ToArray(), _receiver.Receive(packet).Message);
        ChannelAssert.Throws(ChannelError.OutOfSequence, () => _receiver.Receive(packet));
    }

    [Fact]
    public void A_replayed_packet_with_the_next_number_is_refused()
    {
        byte[] packet = _sender.Seal("once"u8);
        _receiver.Receive(packet);
        packet[5]++;
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => _receiver.Receive(packet));
    }

    [Fact]
    public void A_skipped_packet_is_noticed()
    {
        _sender.Seal("lost"u8);
        byte[] packet = _sender.Seal("kept"u8);
        ChannelAssert.Throws(ChannelError.OutOfSequence, () => _receiver.Receive(packet));
    }

    [Fact]
    public void A_skipped_packet_is_noticed_even_if_the_next_one_takes_its_number()
    {
        _sender.Seal("lost"u8);
        byte[] packet = _sender.Seal("kept"u8);
        packet[5]--;
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => _receiver.Receive(packet));
    }

    [Fact]
    public void Packets_in_another_order_are_refused()
    {
        byte[] first = _sender.Seal("first"u8);
        byte[] second = _sender.Seal("second"u8);
        ChannelAssert.Throws(ChannelError.OutOfSequence, () => _receiver.Receive(second));
        ChannelAssert.Throws(ChannelError.ChannelClosed, () => _receiver.Receive(first));
    }

    [Fact]
    public void A_packet_sent_back_to_its_sender_is_refused()
    {
        byte[] packet = _sender.Seal("mine"u8);
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => _sender.Receive(packet));
    }

    [Fact]
    public void A_packet_of_another_connection_is_refused()
    {
        using SealedChannel other = TestChannels.Sealed(isInitiator: true, WireClock, seed: 2);
        byte[] packet = other.Seal("theirs"u8);
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => _receiver.Receive(packet));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(255)]
    public void A_goodbye_brings_its_code(byte code)
    {
        byte[] packet = _sender.SealGoodbye(code);
        Assert.Equal(54, packet.Length);
        Assert.Equal(new OpenedPacket(OpenedKind.Goodbye, code), _receiver.Receive(packet).Packet);
    }
}
