using System.Buffers.Binary;
using Postern.Handshakes;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSTP §6.7, row by row: what is found, what the peer is told (byte for byte), and that this side closes.</summary>
public sealed class HandshakeFailureTests
{
    private static readonly HandshakeStage Stage = new(QstpSuites.DilithiumS1KyberS1);

    private enum Change
    {
        ErrorFlag,
        OtherFlag,
        Length,
        Sequence,
        Time,
        Serial,
        Configuration,
        Signature,
        SignedHash,
        PublicKey,
        Ciphertext,
        Transcript,
    }

    public static TheoryData<string, int, string, ChannelError, byte> Rows => new()
    {
        { "server: wrong serial", 1, nameof(Change.Serial), ChannelError.UnknownIdentity, 0x0F },
        { "server: wrong configuration", 1, nameof(Change.Configuration), ChannelError.UnknownConfiguration, 0x19 },
        { "server: connect request with flag 13", 1, nameof(Change.ErrorFlag), ChannelError.PeerReportedError, 0x14 },
        { "server: connect request with another flag", 1, nameof(Change.OtherFlag), ChannelError.UnexpectedFlag, 0x14 },
        { "server: connect request with another length", 1, nameof(Change.Length), ChannelError.InvalidLength, 0x14 },
        { "server: connect request with another sequence", 1, nameof(Change.Sequence), ChannelError.OutOfSequence, 0x14 },
        { "server: connect request with an old time", 1, nameof(Change.Time), ChannelError.ClockSkew, 0x14 },
        { "client: bad signature", 2, nameof(Change.Signature), ChannelError.AuthenticationFailed, 0x02 },
        { "client: appended hash changed", 2, nameof(Change.SignedHash), ChannelError.AuthenticationFailed, 0x02 },
        { "client: another public key under a good signature", 2, nameof(Change.PublicKey), ChannelError.HashMismatch, 0x1A },
        { "client: connect response with flag 13", 2, nameof(Change.ErrorFlag), ChannelError.PeerReportedError, 0x14 },
        { "client: connect response with another flag", 2, nameof(Change.OtherFlag), ChannelError.UnexpectedFlag, 0x14 },
        { "client: connect response with another length", 2, nameof(Change.Length), ChannelError.InvalidLength, 0x14 },
        { "client: connect response with another sequence", 2, nameof(Change.Sequence), ChannelError.OutOfSequence, 0x14 },
        { "client: connect response with an old time", 2, nameof(Change.Time), ChannelError.ClockSkew, 0x14 },
        { "server: exchange request with flag 13", 3, nameof(Change.ErrorFlag), ChannelError.PeerReportedError, 0x04 },
        { "server: exchange request with an old time", 3, nameof(Change.Time), ChannelError.ClockSkew, 0x13 },
        { "server: exchange request with another length", 3, nameof(Change.Length), ChannelError.InvalidLength, 0x16 },
        { "server: exchange request with another sequence", 3, nameof(Change.Sequence), ChannelError.OutOfSequence, 0x14 },
        { "server: exchange request with another flag", 3, nameof(Change.OtherFlag), ChannelError.UnexpectedFlag, 0x0D },
        { "server: decapsulation fails", 3, nameof(Change.Ciphertext), ChannelError.KeyEncapsulationFailed, 0x06 },
        { "client: exchange response with another transcript", 4, nameof(Change.Transcript), ChannelError.AuthenticationFailed, 0x02 },
        { "client: exchange response with flag 13", 4, nameof(Change.ErrorFlag), ChannelError.PeerReportedError, 0x14 },
        { "client: exchange response with another flag", 4, nameof(Change.OtherFlag), ChannelError.UnexpectedFlag, 0x14 },
        { "client: exchange response with another length", 4, nameof(Change.Length), ChannelError.InvalidLength, 0x14 },
        { "client: exchange response with another sequence", 4, nameof(Change.Sequence), ChannelError.OutOfSequence, 0x14 },
        { "client: exchange response with an old time", 4, nameof(Change.Time), ChannelError.ClockSkew, 0x14 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task The_peer_is_told_the_code_of_the_table(string row, int number, string change, ChannelError error, byte code)
    {
        byte[] packet = Altered(number, Enum.Parse<Change>(change));
        using Handshake receiver = Stage.ReceiverOf(number);
        (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(receiver, packet);
        Assert.True(error == failure.Error, $"{row}: {failure.Error}, {failure.Message}");
        Assert.Equal(ErrorPacket.Of(code, Stage.Clock), sent);
    }

    [Theory]
    [InlineData(1, 0x13, 0, 0, 0)] // Everything is wrong: the flag 13 is looked at first.
    [InlineData(3, 0x04, 0, 0, 0)]
    public async Task An_error_packet_is_recognised_whatever_else_its_header_says(int number, byte code, byte length, byte sequence, byte time)
    {
        byte[] packet = [.. Stage.Packets[number - 1]];
        packet.AsSpan(1, 20).Clear();
        (packet[0], packet[1], packet[5], packet[13]) = (0x13, length, sequence, time);
        using Handshake receiver = Stage.ReceiverOf(number);
        (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(receiver, packet);
        Assert.Equal(ChannelError.PeerReportedError, failure.Error);
        Assert.Equal(number == 1 ? 0x14 : code, sent[21]);
    }

    [Fact]
    public void The_header_is_checked_in_the_order_time_length_sequence_flag()
    {
        byte[] packet = [.. Stage.Packets[2]];
        (Change Field, ChannelError Error, byte Code)[] order =
        [
            (Change.Time, ChannelError.ClockSkew, 0x13),
            (Change.Length, ChannelError.InvalidLength, 0x16),
            (Change.Sequence, ChannelError.OutOfSequence, 0x14),
            (Change.OtherFlag, ChannelError.UnexpectedFlag, 0x0D),
        ];
        foreach ((Change field, _, _) in order) Alter(packet, field, Stage.Packets[2]);
        foreach ((Change field, ChannelError error, byte code) in order)
        {
            // All that is wrong from this field on: this one is named. Then it is repaired.
            using Handshake server = Stage.ReceiverOf(3);
            Assert.Equal(code, ChannelAssert.Throws(error, () => server.Read(packet)).WireCode);
            Repair(packet, field);
        }
    }

    [Fact]
    public async Task A_certificate_that_expired_since_it_was_verified_makes_the_error_the_very_first_packet()
    {
        HandshakeStage stage = new(QstpSuites.DilithiumS1KyberS1);
        stage.Clock.Advance(TimeSpan.FromDays(365));
        using Handshake client = stage.NewClient();
        (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(client);
        Assert.Equal(ChannelError.CertificateExpired, failure.Error);
        Assert.Equal(ErrorPacket.Of(0x0E, stage.Clock), sent);
    }

    [Fact]
    public async Task A_server_whose_certificate_expired_answers_expired()
    {
        HandshakeStage stage = new(QstpSuites.DilithiumS1KyberS1);
        stage.Clock.Advance(TimeSpan.FromDays(365));
        byte[] request = [.. stage.Packets[0]];
        BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(13), stage.WireClock.Now);
        using Handshake server = stage.NewServer();
        (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(server, request);
        Assert.Equal(ChannelError.CertificateExpired, failure.Error);
        Assert.Equal(ErrorPacket.Of(0x0E, stage.Clock), sent);
    }

    [Fact]
    public async Task The_serial_is_looked_at_before_the_configuration()
    {
        byte[] request = Altered(1, Change.Serial);
        request[40] ^= 1;
        using Handshake server = Stage.NewServer();
        (_, byte[] sent) = await DriverRun.FailAsync(server, request);
        Assert.Equal(0x0F, sent[21]);
    }

    [Fact]
    public async Task A_peer_that_ends_the_stream_before_the_first_byte_is_told_receive_failed()
    {
        using Handshake server = Stage.NewServer();
        (ChannelException failure, byte[] sent) = await DriverRun.FailAsync(server);
        Assert.Equal(ChannelError.ConnectionLost, failure.Error);
        Assert.Equal(ErrorPacket.Of(0x16, Stage.Clock), sent);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_servers_error_packet_is_recognised_although_the_stream_stays_open(int number)
    {
        DuplexPipe pipe = new();
        using Handshake client = Stage.ReceiverOf(number);
        await pipe.Server.WriteAsync(ErrorPacket.Of(0x19, Stage.Clock));
        ChannelException failure = await ChannelAssert.ThrowsAsync(
            ChannelError.PeerReportedError, () => DriverRun.RunAsync(client, pipe.Client).WaitAsync(DriverRun.Timeout));
        Assert.Equal((byte)0x19, failure.PeerCode);
        Assert.Contains("configuration", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_header_without_its_code_is_still_the_peers_error()
    {
        using Handshake client = Stage.ReceiverOf(2);
        (ChannelException failure, _) = await DriverRun.FailAsync(client, ErrorPacket.Of(0, Stage.Clock)[..21]);
        Assert.Equal(ChannelError.PeerReportedError, failure.Error);
        Assert.Null(failure.PeerCode);
    }

    private static byte[] Altered(int number, Change change)
    {
        byte[] packet = [.. Stage.Packets[number - 1]];
        Alter(packet, change, Stage.Packets[number - 1]);
        return packet;
    }

    private static void Alter(byte[] packet, Change change, byte[] genuine)
    {
        int signatureSize = Stage.Suite.Signature.SignatureSize;
        switch (change)
        {
            case Change.ErrorFlag:
                packet[0] = 0x13;
                break;
            case Change.Time:
                BinaryPrimitives.WriteUInt64LittleEndian(packet.AsSpan(13), Stage.WireClock.Now - 61);
                break;
            default:
                int offset = change switch
                {
                    Change.OtherFlag => 0,
                    Change.Length => 1,
                    Change.Sequence => 5,
                    Change.Serial or Change.Signature or Change.Ciphertext or Change.Transcript => 21,
                    Change.Configuration => 37,
                    Change.SignedHash => 21 + signatureSize,
                    _ => 53 + signatureSize,
                };
                packet[offset] = (byte)(genuine[offset] ^ 0x40);
                break;
        }
    }

    private static void Repair(byte[] packet, Change change)
    {
        Range field = change switch { Change.Time => 13..21, Change.Length => 1..5, _ => 5..13 };
        Stage.Packets[2].AsSpan(field).CopyTo(packet.AsSpan(field));
    }
}
