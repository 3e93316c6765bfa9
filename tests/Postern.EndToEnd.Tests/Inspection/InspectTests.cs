using System.Text.Json;
using Postern.Cli;
using Postern.Cli.Inspection;
using Postern.EndToEnd.Tests.Support;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary><c>postern inspect</c>, over packets of this library and of the reference.</summary>
public sealed class InspectTests
{
    private const int Port = 45999;

    public static TheoryData<string> Protocols => new([QstpProtocol.Name, QsmpProtocol.SimplexName, QsmpProtocol.DuplexName]);

    [Theory]
    [InlineData(QstpProtocol.Name, false, false, 1400)]
    [InlineData(QsmpProtocol.SimplexName, true, false, 100)]
    [InlineData(QsmpProtocol.DuplexName, false, true, 7)]
    [InlineData(QsmpProtocol.DuplexName, true, true, 60000)]
    public async Task Every_packet_of_a_capture_is_explained_whatever_its_form(string protocol, bool bigEndian, bool nanoseconds, int segmentSize)
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(protocol);
        CaptureWriter capture = new CaptureWriter(bigEndian, nanoseconds) { SegmentSize = segmentSize }.Add(40000, Port, packets);
        StreamReport stream = Assert.Single(InspectionRun.Run(capture.File, forced: null));
        Assert.Equal(("10.0.0.1:40000", $"10.0.0.2:{Port}", protocol), (stream.Client, stream.Server, stream.Protocol));
        Assert.Equal(
            packets.Select(packet => (packet.FromServer ? Side.Server : Side.Client, packet.Header.Flag, packet.Header.Sequence, packet.Header.Length)),
            stream.Packets.Select(packet => (packet.SentBy!.Value, packet.Flag, packet.Sequence, packet.Length)));
        AssertNothingWrong(stream);
        Assert.All(stream.Packets, packet => Assert.Equal(packet.Length, (uint)packet.Fields.Sum(field => field.Size)));
    }

    [Fact]
    public void A_capture_of_very_many_packets_is_explained_up_to_a_limit_whichever_connections_they_are_of()
    {
        byte[] packets = new byte[21 * 100_000];
        for (int i = 0; i < packets.Length; i += 21) packets[i] = 4;
        CaptureWriter capture = new() { SegmentSize = 60_000 };
        for (int client = 40000; client < 40005; client++) capture.Add(client, Port, fromServer: false, packets);
        IReadOnlyList<StreamReport> streams = InspectionRun.Run(capture.File, WireProtocol.Qstp);
        Assert.Equal([100_000, 100_000, 50_000, 0, 0], streams.Select(stream => stream.Packets.Count));
        Assert.All(streams.Take(2), stream => Assert.Empty(stream.Problems));
        Assert.All(streams.Skip(2), stream => Assert.Contains("more than 250000 packets", Assert.Single(stream.Problems), StringComparison.Ordinal));
    }

    [Fact]
    public void Very_many_gaps_are_listed_up_to_a_limit()
    {
        CaptureWriter capture = new();
        for (uint i = 0; i < 1500; i++) capture.AddSegment(40000, Port, fromServer: false, 1000 + (i * 100), new byte[21]);
        StreamReport stream = Assert.Single(InspectionRun.Run(capture.File, WireProtocol.Qstp));
        Assert.Equal(1001, stream.Problems.Count);
        Assert.Equal("more is missing than is listed here", stream.Problems[^1]);
        Assert.Equal(1500, stream.Packets.Count);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Segments_out_of_order_and_sent_twice_make_no_difference(string protocol)
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(protocol);
        CaptureWriter capture = new();
        foreach (RecordedPacket packet in packets)
        {
            uint sequence = capture.SequenceOf(40000, packet.FromServer);
            byte[] bytes = packet.Bytes;
            int half = bytes.Length / 2;
            // Not in the first packet: a stream begins where its first segment does.
            if (packet.Header.Sequence > 0) capture.AddSegment(40000, Port, packet.FromServer, unchecked(sequence + (uint)half), bytes.AsSpan(half));
            capture.Add(40000, Port, packet.FromServer, bytes, packet.Header.Time);
            capture.AddSegment(40000, Port, packet.FromServer, sequence, bytes.AsSpan(0, half));
        }

        StreamReport stream = Assert.Single(InspectionRun.Run(capture.File, forced: null));
        Assert.Equal(packets.Select(packet => packet.Header.Sequence), stream.Packets.Select(packet => packet.Sequence));
        AssertNothingWrong(stream);
    }

    [Fact]
    public async Task Bytes_that_were_not_captured_are_counted_and_the_packets_after_them_found()
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(QstpProtocol.Name);
        CaptureWriter capture = new CaptureWriter().Add(40000, Port, packets.Take(3));
        CaptureWriter whole = new CaptureWriter().Add(40000, Port, packets.Take(5));
        capture.AddSegment(40000, Port, fromServer: false, whole.SequenceOf(40000, fromServer: false), packets[6].Bytes);
        StreamReport stream = Assert.Single(InspectionRun.Run(capture.File, forced: null));
        Assert.Equal($"{packets[4].Bytes.Length} bytes from 10.0.0.1:40000 are missing", Assert.Single(stream.Problems));
        Assert.Equal("its sequence is 4, where 3 is expected", Assert.Single(stream.Packets[^1].Problems));
    }

    [Theory]
    [InlineData("qstp", QstpProtocol.Name, 50)]
    [InlineData("qsms", QsmpProtocol.SimplexName, 40)]
    [InlineData("qsmd", QsmpProtocol.DuplexName, 40)]
    public void Nothing_is_wrong_with_what_the_reference_sent(string folder, string protocol, int least)
    {
        string[] files = folder == "qstp" ? ["dilithium-s1_kyber-s1/session_data.json", "dilithium-s3_kyber-s3/session_data.json"] : ["dk1", "dk3", "dk5"];
        foreach (string file in files)
        {
            string name = folder switch { "qsms" => $"{file}_server.json", "qsmd" => $"{file}.json", _ => file };
            IReadOnlyList<RecordedPacket> packets = RecordedVectors.Read(Path.Combine(AppContext.BaseDirectory, "Vectors", folder, name));
            StreamReport stream = Assert.Single(InspectionRun.Run(new CaptureWriter().Add(40000, Port, packets).File, forced: null));
            Assert.Equal((protocol, packets.Count), (stream.Protocol, stream.Packets.Count));
            Assert.InRange(packets.Count, least, int.MaxValue);
            AssertNothingWrong(stream);
        }
    }

    [Theory]
    [InlineData(1, 5, 9, "its sequence is 9, where 0 is expected")]
    [InlineData(4, 5, 9, "its sequence is 9, where 3 is expected")]
    [InlineData(1, 0, 7, "only a client sends this packet")]
    [InlineData(0, 37, 'x', "its configuration is none of the fourteen sets, or has another length than its packet")]
    [InlineData(4, 0, 0x44, "no packet of QSTP has the flag 0x44")]
    [InlineData(4, 0, 3, "nothing authenticates it, and no peer sends it")]
    [InlineData(3, 1, 31, "a body of 32 bytes is expected, not of 31")]
    [InlineData(4, 20, 1, "s from the capture's: receivers accept 60 s")]
    [InlineData(9, 0, 0x12, "a body of 64 bytes is expected, not of 33")]
    public async Task What_is_wrong_is_said_and_the_exit_code_is_1(int index, int offset, int value, string expected)
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(QstpProtocol.Name);
        byte[] bytes = [.. packets[index].Bytes];
        bytes[offset] = (byte)value;
        CaptureWriter capture = new();
        capture.Add(40000, Port, packets.Take(index));
        capture.Add(40000, Port, packets[index].FromServer, bytes, packets[0].Header.Time);
        CommandResult result = await new CommandHost { Input = capture.File }.RunAsync("inspect", "-", "--protocol", "qstp", "--json");
        result.Expect(ExitCode.Failed);
        Assert.Contains(expected, string.Join('\n', result.Json[0].GetProperty("packets")[index].GetProperty("problems").EnumerateArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hex_and_bytes_are_read_as_packets_too()
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(QsmpProtocol.DuplexName);
        byte[] bytes = [.. packets.SelectMany(packet => packet.Bytes)];
        string hex = string.Join('\n', packets.Select(packet => Convert.ToHexString(packet.Bytes)));
        CommandResult raw = (await new CommandHost { Input = bytes }.RunAsync("inspect", "-")).Expect(0);
        CommandResult text = (await new CommandHost { Input = System.Text.Encoding.ASCII.GetBytes(hex) }.RunAsync("inspect", "-")).Expect(0);
        Assert.Equal(raw.Output, text.Output);
        Assert.Contains("server: connect response (0x02), sequence 0, 3284 bytes", raw.Output, StringComparison.Ordinal);
        Assert.Contains($"configuration, 34 at 37: {QsmpSuites.All[0].Name}", raw.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_a_note_and_nothing_at_all_is_not_everything_checked()
    {
        CommandResult error = await new CommandHost { Input = "130100000000000000000000ffeb29026b000000000f"u8.ToArray() }.RunAsync("inspect", "-");
        Assert.Contains("note: unknown certificate serial", error.Expect(0).Output, StringComparison.Ordinal);
        byte[] other = new CaptureWriter().Add(40000, 80, fromServer: false, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"u8).File;
        (await new CommandHost { Input = other }.RunAsync("inspect", "-")).Expect(ExitCode.Incomplete);
        (await CommandHost.Run("inspect", "/nowhere/at/all")).Expect(ExitCode.File);
        (await new CommandHost { Input = [0x0A, 0x0D, 0x0D, 0x0A, 1, 2, 3, 4] }.RunAsync("inspect", "-")).Expect(ExitCode.File);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Input_that_is_cut_off_or_flipped_anywhere_is_explained_or_refused(string protocol)
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(protocol);
        byte[] raw = [.. packets.SelectMany(packet => packet.Bytes)];
        byte[] capture = new CaptureWriter { SegmentSize = 500 }.Add(40000, Port, packets).File;
        Random random = new(1);
        int explained = 0;
        foreach (byte[] file in (byte[][])[raw, capture])
        {
            for (int round = 0; round < 2000; round++)
            {
                byte[] changed = file[..(round % 4 == 0 ? random.Next(file.Length) : file.Length)];
                for (int flips = random.Next(1, 5); flips > 0 && changed.Length > 0; flips--) changed[random.Next(round % 2 == 0 ? Math.Min(changed.Length, 200) : changed.Length)] ^= (byte)(1 << random.Next(8));
                explained += Explained(changed);
            }
        }

        Assert.InRange(explained, 2000, int.MaxValue);
    }

    // Anything but an explanation or a clear refusal fails the test.
    private static int Explained(byte[] file)
    {
        try
        {
            IReadOnlyList<StreamReport> streams = InspectionRun.Run(file, forced: null);
            Assert.NotEmpty(JsonSerializer.Serialize(streams));
            return streams.Sum(stream => stream.Packets.Count) > 0 ? 1 : 0;
        }
        catch (FormatException exception)
        {
            Assert.NotEmpty(exception.Message);
            return 0;
        }
    }

    private static void AssertNothingWrong(StreamReport stream)
    {
        Assert.Empty(stream.Problems);
        Assert.All(stream.Packets, packet => Assert.Empty(packet.Problems));
    }
}
