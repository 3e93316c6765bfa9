using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSTP §8.3, §10: each altered bit and each wrong length of the three packets ends the channel, and the keys are gone.</summary>
public sealed class PacketTamperTests
{
    private const int TokenSeed = 3;

    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");
    private static readonly WireClock WireClock = TestChannels.ClockOf(Clock);

    public static TheoryData<string> Kinds => ["message", "ratchet", "goodbye"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_altered_bit_is_refused_and_final(string kind)
    {
        (byte[] packet, byte[] next) = Packets(kind);
        for (int bit = 0; bit < packet.Length * 8; bit++)
        {
            byte[] altered = [.. packet];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            CheckRefused(Expected(packet, altered, bit), altered, packet, next, $"bit {bit} of the {kind}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_other_length_with_a_header_that_says_so_is_refused(string kind)
    {
        (byte[] packet, byte[] next) = Packets(kind);
        for (int length = 0; length <= packet.Length - PacketHeader.Size + 40; length++)
        {
            if (length == packet.Length - PacketHeader.Size) continue;
            byte[] other = new byte[PacketHeader.Size + length];
            packet.AsSpan(0, Math.Min(packet.Length, other.Length)).CopyTo(other);
            BitConverter.TryWriteBytes(other.AsSpan(1), (uint)length);
            bool wrongForFlag = kind != "message" || length <= 32;
            ChannelError error = wrongForFlag ? ChannelError.InvalidLength : ChannelError.AuthenticationFailed;
            CheckRefused(error, other, packet, next, $"length {length} of the {kind}");
        }
    }

    [Theory]
    [InlineData(0u, false)]
    [InlineData(32u, false)]
    [InlineData(33u, true)]
    [InlineData(65536u, true)]
    [InlineData(65537u, false)]
    [InlineData(0x80000000u, false)]
    [InlineData(uint.MaxValue, false)]
    public void A_length_field_is_33_to_65536(uint length, bool allowed)
    {
        using SealedChannel channel = TestChannels.Sealed(isInitiator: false, WireClock);
        PacketHeader header = new(0x04, length, 3, WireClock.Now);
        if (allowed)
        {
            Assert.Equal((int)length - 32, channel.CheckHeader(header));
            return;
        }

        ChannelAssert.Throws(ChannelError.InvalidLength, () => channel.CheckHeader(header));
        Assert.All(TestChannels.Ciphers(channel), cipher => Assert.False(cipher.Secrets.ContainsAnyExcept((byte)0)));
    }

    [Fact]
    public void Every_flag_but_three_is_refused_and_terminate_is_an_error_not_an_end()
    {
        for (int flag = 0; flag <= 255; flag++)
        {
            if (flag is 0x04 or 0x12 or 0x13) continue;
            using SealedChannel channel = TestChannels.Sealed(isInitiator: false, WireClock);
            PacketHeader header = new((byte)flag, 33, 3, WireClock.Now);
            ChannelAssert.Throws(
                flag == 0x03 ? ChannelError.UnauthenticatedTermination : ChannelError.UnexpectedFlag, () => channel.CheckHeader(header));
            ChannelAssert.Throws(ChannelError.ChannelClosed, () => channel.Seal([1]));
        }
    }

    [Fact]
    public void Nothing_of_an_altered_message_reaches_the_callers_memory()
    {
        byte[] packet = Packets("message").Packet;
        packet[^1] ^= 1;
        using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, WireClock);
        byte[] message = new byte[50];
        message.AsSpan().Fill(0xEE);
        ChannelAssert.Throws(ChannelError.AuthenticationFailed, () => receiver.Open(packet, message));
        Assert.All(message, value => Assert.Equal(0xEE, value));
    }

    private static ChannelError Expected(byte[] packet, byte[] altered, int bit)
    {
        if (bit < 8)
        {
            return altered[0] switch
            {
                0x03 => ChannelError.UnauthenticatedTermination,
                // Flag 13 and 12 differ by one bit, their lengths do not fit.
                0x04 or 0x12 or 0x13 => ChannelError.InvalidLength,
                _ => ChannelError.UnexpectedFlag,
            };
        }

        if (bit < 5 * 8)
        {
            uint length = PacketHeader.Read(altered).Length;
            return packet[0] != 0x04 || length is <= 32 or > 65536 ? ChannelError.InvalidLength : ChannelError.AuthenticationFailed;
        }

        if (bit < 13 * 8) return ChannelError.OutOfSequence;
        // 2^0 to 2^5 seconds are within the window, and then the tag tells.
        return bit is >= (13 * 8) + 6 and < 21 * 8 ? ChannelError.ClockSkew : ChannelError.AuthenticationFailed;
    }

    private static void CheckRefused(ChannelError expected, byte[] altered, byte[] genuine, byte[] next, string what)
    {
        using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, WireClock);
        List<RcsCipher> ciphers = TestChannels.Ciphers(receiver);
        ChannelException failure = Assert.Throws<ChannelException>(() => Take(receiver, altered));
        Assert.True(expected == failure.Error, $"{what}: expected {expected}, got {failure.Error}, {failure.Message}");
        foreach (byte[] later in new[] { genuine, next })
        {
            ChannelAssert.Throws(ChannelError.ChannelClosed, () => receiver.Receive(later));
        }

        ChannelAssert.Throws(ChannelError.ChannelClosed, () => receiver.Seal([1]));
        Assert.All(ciphers, cipher => Assert.False(cipher.Secrets.ContainsAnyExcept((byte)0)));
    }

    // What a connection does: the header first, then as many bytes as it says; those that are missing stand for the packets behind it.
    private static void Take(SealedChannel receiver, byte[] packet)
    {
        int size = receiver.CheckHeader(PacketHeader.Read(packet));
        byte[] whole = new byte[size + receiver.Overhead];
        packet.AsSpan(0, Math.Min(packet.Length, whole.Length)).CopyTo(whole);
        receiver.Open(whole, new byte[size]);
    }

    private static (byte[] Packet, byte[] Next) Packets(string kind)
    {
        using SealedChannel sender = TestChannels.Sealed(isInitiator: true, WireClock);
        byte[] packet = kind switch
        {
            "message" => sender.Seal(new byte[50]),
            "ratchet" => sender.SealRatchet(new SeededRandom(TokenSeed)),
            _ => sender.SealGoodbye(),
        };
        return (packet, sender.Seal("next"u8));
    }
}
