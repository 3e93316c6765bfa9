using System.Buffers.Binary;
using Postern.Channels;
using Postern.Connections;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSMP §1.7 to §1.10: packets at the wrong moment, of another protocol, of the wrong length, or at the wrong time.</summary>
public sealed class QsmpHandshakeOrderTests
{
    private static readonly HandshakeStage Simplex = HandshakeStage.Qsmp(QsmpMode.Simplex, QsmpSuites.DilithiumS1KyberS1);
    private static readonly HandshakeStage Duplex = HandshakeStage.Qsmp(QsmpMode.Duplex, QsmpSuites.DilithiumS1KyberS1);

    public static TheoryData<QsmpMode, int> States =>
    [
        .. Enumerable.Range(1, 4).Select(number => (QsmpMode.Simplex, number)), .. Enumerable.Range(1, 6).Select(number => (QsmpMode.Duplex, number)),
    ];

    [Theory]
    [MemberData(nameof(States))]
    public async Task No_state_takes_another_states_packet_another_modes_another_sets_or_another_protocols(QsmpMode mode, int number)
    {
        HandshakeStage stage = StageOf(mode);
        HandshakeStage[] others =
        [
            Simplex, Duplex, new HandshakeStage(QstpSuites.DilithiumS1KyberS1), HandshakeStage.Qsmp(mode, QsmpSuites.DilithiumS3KyberS3),
        ];
        foreach (byte[] packet in others.SelectMany(other => other.Packets))
        {
            if (packet.AsSpan().SequenceEqual(stage.Packets[number - 1])) continue;
            using Handshake receiver = stage.ReceiverOf(number);
            (ChannelError error, byte code) = Expected(mode, number, stage.Packets[number - 1], packet);
            (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(receiver, packet);
            Assert.True(error == failure.Error, $"Packet with flag {packet[0]} of {packet.Length} bytes: expected {error}, got {failure.Error}.");
            Assert.Equal(ErrorPacket.Of(code, stage.Clock, 0x14), sent);
            Assert.Throws<InvalidOperationException>(() => receiver.Next);
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public async Task A_packet_cut_short_is_a_lost_connection_and_answered_with_receive_failed(QsmpMode mode, int number)
    {
        HandshakeStage stage = StageOf(mode);
        byte[] packet = stage.Packets[number - 1];

        // Each length around the header and at the end, and some between.
        int step = packet.Length < 200 ? 1 : 311;
        for (int length = 0; length < packet.Length; length += length < 30 || length >= packet.Length - 2 ? 1 : Math.Min(step, packet.Length - 1 - length))
        {
            using Handshake receiver = stage.ReceiverOf(number);
            (ChannelException error, byte[] sent) = await DriverRun.FailAsync(receiver, packet[..length]);
            Assert.True(error.Error == ChannelError.ConnectionLost, $"Length {length}: {error.Message}");
            Assert.Equal(ErrorPacket.Of(0x16, stage.Clock, 0x14), sent);
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public async Task A_header_that_announces_another_length_is_refused_before_its_body_is_waited_for(QsmpMode mode, int number)
    {
        HandshakeStage stage = StageOf(mode);
        byte[] packet = stage.Packets[number - 1];
        uint length = (uint)packet.Length - PacketHeader.Size;
        foreach (uint other in (uint[])[0, 1, length - 1, length + 1, length + 100, 65536, 0x80000000, uint.MaxValue])
        {
            byte[] header = packet[..PacketHeader.Size];
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(1), other);
            using Handshake receiver = stage.ReceiverOf(number);
            (ChannelException error, _) = await DriverRun.FailAsync(receiver, header);
            Assert.Equal(ChannelError.InvalidLength, error.Error);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(60, true)]
    [InlineData(-60, true)]
    [InlineData(61, false)]
    [InlineData(-61, false)]
    [InlineData(18_000, false)]
    public void Sixty_seconds_either_way_are_accepted_in_every_packet_and_no_more(int seconds, bool accepted)
    {
        foreach (QsmpMode mode in Enum.GetValues<QsmpMode>())
        {
            for (int number = 1; number <= StageOf(mode).PacketCount; number++)
            {
                HandshakeStage stage = HandshakeStage.Qsmp(mode, QsmpSuites.DilithiumS1KyberS1);
                using Handshake receiver = stage.ReceiverOf(number);
                stage.Clock.AdvanceSeconds(-seconds);
                byte[] packet = stage.Packets[number - 1];
                if (accepted) receiver.Read(packet);
                else ChannelAssert.Throws(ChannelError.ClockSkew, () => receiver.Read(packet));
            }
        }
    }

    [Fact]
    public async Task Packets_of_both_modes_that_arrive_byte_by_byte_are_taken_and_each_is_one_write()
    {
        foreach ((HandshakeStage stage, int[] client, int[] server) in new[]
        {
            (Simplex, new[] { 71, 789 }, new[] { 3273, 85 }), (Duplex, [2555, 4073, 149], [3305, 3273, 149]),
        })
        {
            DuplexPipe pipe = new() { Client = { ReadLimit = 1 }, Server = { ReadLimit = 1 } };
            using Handshake initiator = stage.NewClient();
            using Handshake responder = stage.NewServer();
            Task<ChannelKeys> serving = DriverRun.RunAsync(responder, pipe.Server);
            using ChannelKeys clientKeys = await DriverRun.RunAsync(initiator, pipe.Client);
            using ChannelKeys serverKeys = await serving;
            Assert.Equal(stage.KeyPairs, clientKeys.Keys.Pairs.ToArray());
            Assert.Equal(stage.KeyPairs, serverKeys.Keys.Pairs.ToArray());
            Assert.Equal(client, pipe.Client.Writes);
            Assert.Equal(server, pipe.Server.Writes);
        }
    }

    [Fact]
    public async Task What_follows_the_last_packet_belongs_to_the_channel()
    {
        foreach (HandshakeStage stage in (HandshakeStage[])[Simplex, Duplex])
        {
            using Handshake writer = stage.NewServer();
            using Handshake initiator = stage.NewClient();
            DuplexPipe pipe = new();
            Task<ChannelKeys> serving = DriverRun.RunAsync(writer, pipe.Server);
            PacketTransport transport = new(pipe.Client);
            ChannelKeys keys = await HandshakeDriver.RunAsync(initiator, transport, null, DriverRun.Timeout, default);
            await using SecureChannel channel = new(keys, transport, new ChannelContext { Clock = stage.WireClock, MayRatchet = true });
            using SealedChannel peer = new(await serving, stage.WireClock);
            await pipe.Server.WriteAsync(peer.Seal([1, 2, 3]).Concat(new byte[21]).ToArray());
            Assert.Equal(3, await channel.ReceiveAsync(new byte[10]));
            await ChannelAssert.ThrowsAsync(ChannelError.InvalidLength, channel.ReceiveAsync(new byte[10]));
        }
    }

    private static HandshakeStage StageOf(QsmpMode mode) => mode == QsmpMode.Simplex ? Simplex : Duplex;

    // §1.9: length, sequence, flag, in this order; the stages that report everything as out of sequence.
    private static (ChannelError Error, byte Code) Expected(QsmpMode mode, int number, byte[] awaited, byte[] packet)
    {
        PacketHeader expected = PacketHeader.Read(awaited);
        PacketHeader actual = PacketHeader.Read(packet);
        (ChannelError error, byte code) = actual.Length != expected.Length ? (ChannelError.InvalidLength, (byte)0x16)
            : actual.Sequence != expected.Sequence ? (ChannelError.OutOfSequence, (byte)0x14)
            : actual.Flag != expected.Flag ? (ChannelError.UnexpectedFlag, (byte)0x0D)
            : (ChannelError.AuthenticationFailed, (byte)0x02);

        // The same header in another set: a request for a key of the same identity, or a confirmation under other keys.
        if (error == ChannelError.AuthenticationFailed)
        {
            return (mode, number) switch
            {
                (QsmpMode.Simplex, 1) => (ChannelError.UnknownConfiguration, 0x18),
                (QsmpMode.Simplex, _) => (error, code),
                _ => (error, 0x07),
            };
        }

        return (error, (mode, number) is (QsmpMode.Simplex, 1 or 2 or 4) or (QsmpMode.Duplex, 6) ? (byte)0x14 : code);
    }
}
