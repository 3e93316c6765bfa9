using Postern.Channels;
using Postern.Connections;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Packets of a handshake that are cut short or too long, through the real driver.</summary>
public sealed class HandshakeLengthTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(1, 3, 1)]
    [InlineData(1, 4, 1)]
    [InlineData(2, 1, 7)]
    [InlineData(2, 2, 331)]
    [InlineData(2, 3, 101)]
    [InlineData(2, 4, 7)]
    [InlineData(3, 1, 7)]
    [InlineData(3, 2, 331)]
    [InlineData(3, 3, 101)]
    [InlineData(3, 4, 7)]
    public async Task A_packet_cut_short_is_a_lost_connection_and_answered_with_receive_failed(byte suiteId, int number, int step)
    {
        HandshakeStage stage = new(QstpSuites.FromId(suiteId)!);
        byte[] packet = stage.Packets[number - 1];
        for (int length = 0; length < packet.Length; length += step)
        {
            using Handshake receiver = stage.ReceiverOf(number);
            (ChannelException error, byte[] sent) = await DriverRun.FailAsync(receiver, packet[..length]);
            Assert.True(error.Error == ChannelError.ConnectionLost, $"Length {length}: {error.Message}");
            Assert.Equal(ErrorPacket.Of(0x16, stage.Clock), sent);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Bytes_after_a_packet_count_as_the_start_of_the_next_one(int number)
    {
        HandshakeStage stage = new(QstpSuites.DilithiumS1KyberS1);
        foreach (int extra in new[] { 1, 20, 21, 22, 100 })
        {
            using Handshake receiver = stage.ReceiverOf(number);
            byte[][] input = number == 2
                ? [stage.Packets[1], new byte[extra]]
                : [stage.Packets[number - 1], new byte[extra]];
            if (number == 3)
            {
                // The server's last packet to read: what follows belongs to the channel.
                DuplexPipe pipe = new();
                foreach (byte[] bytes in input) await pipe.Client.WriteAsync(bytes);
                PacketTransport transport = new(pipe.Server);
                using ChannelKeys keys = await HandshakeDriver.RunAsync(
                    receiver, transport, null, DriverRun.Timeout, default);
                await transport.FillAsync(extra, default);
                Assert.Equal(extra, transport.Buffered.Length);
                continue;
            }

            (ChannelException error, byte[] sent) = await DriverRun.FailAsync(receiver, input);
            bool wholeHeader = extra >= PacketHeader.Size;
            Assert.Equal(wholeHeader ? ChannelError.ClockSkew : ChannelError.ConnectionLost, error.Error);
            byte code = !wholeHeader ? (byte)0x16 : number == 1 ? (byte)0x13 : (byte)0x14;
            Assert.Equal([.. stage.Packets[number], .. ErrorPacket.Of(code, stage.Clock)], sent);
        }
    }

    [Fact]
    public async Task Bytes_after_the_last_packet_are_the_channels_first_and_refused_there()
    {
        HandshakeStage stage = new(QstpSuites.DilithiumS1KyberS1);
        foreach ((int extra, ChannelError expected) in new[] { (1, ChannelError.ConnectionLost), (21, ChannelError.InvalidLength) })
        {
            DuplexPipe pipe = new();
            await pipe.Server.WriteAsync(stage.Packets[1].Concat(stage.Packets[3]).Concat(new byte[extra]).ToArray());
            pipe.Server.CompleteWriting();
            PacketTransport transport = new(pipe.Client);
            using Handshake client = stage.NewClient();
            ChannelKeys keys = await HandshakeDriver.RunAsync(
                client, transport, null, DriverRun.Timeout, default);
            await using SecureChannel channel = new(keys, transport, new ChannelContext { Clock = stage.WireClock, MayRatchet = true });
            await ChannelAssert.ThrowsAsync(expected, channel.ReceiveAsync(new byte[100]));
        }
    }

    [Fact]
    public async Task Packets_that_arrive_byte_by_byte_are_taken()
    {
        HandshakeStage stage = new(QstpSuites.DilithiumS1KyberS1);
        DuplexPipe pipe = new() { Client = { ReadLimit = 1 }, Server = { ReadLimit = 1 } };
        using Handshake client = stage.NewClient();
        using Handshake server = stage.NewServer();
        Task<ChannelKeys> serving = DriverRun.RunAsync(server, pipe.Server);
        using ChannelKeys clientKeys = await DriverRun.RunAsync(client, pipe.Client);
        using ChannelKeys serverKeys = await serving;
        Assert.Equal(stage.KeyPairs, clientKeys.Keys.Pairs.ToArray());
        Assert.Equal(stage.KeyPairs, serverKeys.Keys.Pairs.ToArray());
    }

    [Fact]
    public async Task Each_packet_is_one_write()
    {
        HandshakeStage stage = new(QstpSuites.DilithiumS1KyberS1);
        DuplexPipe pipe = new();
        using Handshake client = stage.NewClient();
        using Handshake server = stage.NewServer();
        Task<ChannelKeys> serving = DriverRun.RunAsync(server, pipe.Server);
        using ChannelKeys clientKeys = await DriverRun.RunAsync(client, pipe.Client);
        using ChannelKeys serverKeys = await serving;
        Assert.Equal([79, 789], pipe.Client.Writes);
        Assert.Equal([3273, 53], pipe.Server.Writes);
    }
}
