using Postern.Channels;
using Postern.Packets;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Every kind of length a message can have. (QSTP §8.2)</summary>
public sealed class MessageLengthTests
{
    private static readonly WireClock WireClock = TestChannels.ClockOf(FakeClock.At("2026-06-01"));

    [Fact]
    public void Messages_of_every_length_up_to_300_every_residue_of_136_and_the_largest_arrive_one_after_another()
    {
        using SealedChannel sender = TestChannels.Sealed(isInitiator: true, WireClock);
        using SealedChannel receiver = TestChannels.Sealed(isInitiator: false, WireClock);
        int[] lengths = [.. Enumerable.Range(1, 300), .. Enumerable.Range(0, 137).Select(i => 4096 + i), 65503, 65504, 1, 65504, 68, 69, 70, 204];
        SeededRandom random = new(1);
        foreach (int length in lengths)
        {
            byte[] message = new byte[length];
            random.Fill(message);
            byte[] packet = sender.Seal(message);
            Assert.Equal(length + 53, packet.Length);
            Assert.Equal((uint)length + 32, PacketHeader.Read(packet).Length);
            Assert.Equal(message, receiver.Receive(packet).Message);
        }
    }

    [Fact]
    public void The_largest_message_fills_the_largest_length_field()
    {
        using SealedChannel sender = TestChannels.Sealed(isInitiator: true, WireClock);
        Assert.Equal(65504, sender.MaxMessageSize);
        Assert.Equal(65536u, PacketHeader.Read(sender.Seal(new byte[sender.MaxMessageSize])).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65505)]
    [InlineData(1_000_000)]
    public async Task Empty_and_oversize_messages_are_the_callers_mistake_and_harm_nothing(int size)
    {
        DuplexPipe pipe = new();
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(pipe);
        await using (client)
        await using (server)
        {
            await Assert.ThrowsAsync<ArgumentException>("message", () => client.SendAsync(new byte[size]).AsTask());
            Assert.Equal(0, pipe.InFlight.ToServer);
            await client.SendAsync("still here"u8.ToArray());
            Assert.Equal(10, await server.ReceiveAsync(new byte[100]));
        }
    }
}
