using Postern.Channels;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSMP §4.1, the rows that an altered bit does not show: forged values, error packets, and the ends of streams.</summary>
public sealed class QsmpHandshakeFailureTests
{
    private static readonly HandshakeStage Simplex = HandshakeStage.Qsmp(QsmpMode.Simplex, QsmpSuites.DilithiumS1KyberS1);
    private static readonly HandshakeStage Duplex = HandshakeStage.Qsmp(QsmpMode.Duplex, QsmpSuites.DilithiumS1KyberS1);

    [Theory]
    [InlineData(QsmpMode.Simplex, 4)]
    [InlineData(QsmpMode.Duplex, 5)]
    [InlineData(QsmpMode.Duplex, 6)]
    public async Task A_confirmation_of_another_value_under_the_right_keys_is_refused_with_verify_failed(QsmpMode mode, int number)
    {
        // The true writer's keys, taken out before it seals its confirmation.
        HandshakeStage stage = StageOf(mode);
        using Handshake writer = stage.ReceiverOf(number - 1);
        writer.Read(stage.Packets[number - 2]);
        ChannelKeys keys = (ChannelKeys)Inside.Field(writer, "_keys")!;
        byte[] packet = stage.Packets[number - 1];
        byte[] forged = [.. packet];
        byte[] value = new byte[(packet.Length - PacketHeader.Size) / 2];
        keys.Transmit.Seal(forged.AsSpan(0, PacketHeader.Size), value, forged.AsSpan(PacketHeader.Size));
        using Handshake receiver = stage.ReceiverOf(number);
        (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(receiver, forged);
        Assert.Equal(ChannelError.AuthenticationFailed, failure.Error);
        Assert.Equal(ErrorPacket.Of(0x19, stage.Clock, 0x14), sent);
    }

    [Theory]
    [InlineData(QsmpMode.Simplex, 1, 0x14)]
    [InlineData(QsmpMode.Simplex, 2, 0x14)]
    [InlineData(QsmpMode.Simplex, 3, 0x77)]
    [InlineData(QsmpMode.Simplex, 4, 0x14)]
    [InlineData(QsmpMode.Duplex, 1, 0x77)]
    [InlineData(QsmpMode.Duplex, 2, 0x77)]
    [InlineData(QsmpMode.Duplex, 3, 0x77)]
    [InlineData(QsmpMode.Duplex, 4, 0x77)]
    [InlineData(QsmpMode.Duplex, 5, 0x77)]
    [InlineData(QsmpMode.Duplex, 6, 0x14)]
    public async Task A_full_size_packet_with_the_error_flag_gets_its_own_byte_back_or_the_stages_code(QsmpMode mode, int number, byte code)
    {
        HandshakeStage stage = StageOf(mode);
        byte[] packet = [.. stage.Packets[number - 1]];
        (packet[0], packet[PacketHeader.Size]) = (0x14, 0x77);
        using Handshake receiver = stage.ReceiverOf(number);
        (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(receiver, packet);
        Assert.Equal(ChannelError.PeerReportedError, failure.Error);
        Assert.Equal(code, sent[^1]);
    }

    [Theory]
    [InlineData(QsmpMode.Simplex, 2)]
    [InlineData(QsmpMode.Simplex, 4)]
    [InlineData(QsmpMode.Duplex, 2)]
    [InlineData(QsmpMode.Duplex, 4)]
    [InlineData(QsmpMode.Duplex, 6)]
    public async Task An_error_packet_is_understood_although_the_stream_stays_open_and_answered_with_receive_failed(QsmpMode mode, int number)
    {
        HandshakeStage stage = StageOf(mode);
        DuplexPipe pipe = new();
        using Handshake initiator = stage.ReceiverOf(number);
        await pipe.Server.WriteAsync(ErrorPacket.Of(0x0F, stage.Clock, 0x14));
        ChannelException failure = await ChannelAssert.ThrowsAsync(
            ChannelError.PeerReportedError, () => DriverRun.RunAsync(initiator, pipe.Client).WaitAsync(DriverRun.Timeout));
        Assert.Equal((byte)0x0F, failure.PeerCode);
        Assert.Contains("unknown key identity", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorPacket.Of(0x16, stage.Clock, 0x14), await pipe.Server.ReadBytesAsync(Handshake.ErrorPacketSize));
    }

    [Theory]
    [InlineData(QsmpMode.Simplex)]
    [InlineData(QsmpMode.Duplex)]
    public void The_header_is_checked_in_the_order_time_length_sequence_flag(QsmpMode mode)
    {
        HandshakeStage stage = StageOf(mode);
        byte[] packet = [.. stage.Packets[2]];
        (packet[0], packet[1], packet[5], packet[19]) = (0x40, (byte)(packet[1] ^ 1), (byte)(packet[5] ^ 1), 1);
        foreach ((Range field, ChannelError error, byte code) in new[]
        {
            (13..21, ChannelError.ClockSkew, (byte)0x13), (1..5, ChannelError.InvalidLength, (byte)0x16),
            (5..13, ChannelError.OutOfSequence, (byte)0x14), (0..1, ChannelError.UnexpectedFlag, (byte)0x0D),
        })
        {
            using Handshake responder = stage.ReceiverOf(3);
            Assert.Equal(code, ChannelAssert.Throws(error, () => responder.Read(packet)).WireCode);
            stage.Packets[2].AsSpan(field).CopyTo(packet.AsSpan(field));
        }

        using Handshake content = stage.ReceiverOf(3);
        content.Read(packet);
    }

    private static HandshakeStage StageOf(QsmpMode mode) => mode == QsmpMode.Simplex ? Simplex : Duplex;
}
