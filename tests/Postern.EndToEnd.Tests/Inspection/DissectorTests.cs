using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary>packaging/wireshark/postern.lua in tshark, over what this library wrote.</summary>
public sealed class DissectorTests
{
    // A port that no dissector of Wireshark's has.
    private const int OtherPort = 45999;

    private static readonly string[] QstpKinds =
    [
        "connect request", "connect response", "exchange request", "exchange response", "encrypted message", "encrypted message",
        "symmetric ratchet request", "encrypted message", "encrypted message", "sealed goodbye or error", "sealed goodbye or error",
    ];

    private static readonly string[] DuplexKinds =
    [
        "connect request", "connect response", "exchange request", "exchange response", "establish request", "establish response", "encrypted message",
        "encrypted message", "asymmetric ratchet request", "asymmetric ratchet response", "encrypted message", "encrypted message",
        "sealed goodbye or error", "sealed goodbye or error",
    ];

    public static TheoryData<string, int> Ports => new()
    {
        { QstpProtocol.Name, QstpClient.DefaultPort },
        { QstpProtocol.Name, OtherPort },
        { QsmpProtocol.SimplexName, QsmpSimplexClient.DefaultPort },
        { QsmpProtocol.SimplexName, OtherPort },
        { QsmpProtocol.DuplexName, QsmpDuplexPeer.DefaultPort },
        { QsmpProtocol.DuplexName, OtherPort },
    };

    private static string[] KindsOf(string protocol) => protocol == QsmpProtocol.DuplexName ? DuplexKinds : QstpKinds;

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task Every_packet_of_a_connection_is_named_on_the_usual_port_and_on_any_other(string protocol, int port)
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(protocol);
        IReadOnlyList<string[]> rows = await TsharkRun.FieldsAsync(
            new CaptureWriter().Add(40000, port, packets),
            ["postern.protocol", "postern.kind", "postern.direction", "postern.sequence", "postern.length", "postern.time", "_ws.col.Protocol"]);
        Assert.Equal(
            packets.Zip(KindsOf(protocol), (packet, kind) => string.Join(
                ' ', protocol, kind, packet.FromServer ? "server" : "client", packet.Header.Sequence, packet.Header.Length, packet.Header.Time, protocol)),
            rows.Select(row => string.Join(' ', row)), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(QstpProtocol.Name)]
    [InlineData(QsmpProtocol.SimplexName)]
    [InlineData(QsmpProtocol.DuplexName)]
    public async Task Packets_are_put_together_from_any_segments_and_nothing_is_wrong_with_them(string protocol)
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(protocol);
        CaptureWriter capture = new() { SegmentSize = 997 };
        foreach ((bool fromServer, byte[] bytes) in Runs(packets)) capture.Add(40000, OtherPort, fromServer, bytes, packets[0].Header.Time);
        IReadOnlyList<string[]> rows = await TsharkRun.FieldsAsync(capture, ["postern.kind", "_ws.expert.message"]);
        Assert.Equal(KindsOf(protocol), rows.SelectMany(row => row[0].Split('|')), StringComparer.Ordinal);
        Assert.All(rows, row => Assert.Empty(row[1].Replace("Sealed goodbye or error", string.Empty, StringComparison.Ordinal).Trim('|')));
    }

    [Fact]
    public async Task Fields_of_a_handshake_stand_where_the_bytes_are()
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(QsmpProtocol.DuplexName);
        CaptureWriter capture = new CaptureWriter().Add(40000, OtherPort, packets);
        IReadOnlyList<string[]> rows = await TsharkRun.FieldsAsync(
            capture, ["postern.key_identity", "postern.configuration", "postern.signature", "postern.hash", "postern.public_key", "postern.kem_ciphertext", "postern.tag"]);
        byte[] request = packets[0].Bytes;
        Assert.Equal([Hex(request[21..37]), QsmpSuites.All[0].Name, Hex(request[71..2491]), Hex(request[2491..]), "", "", ""], rows[0]);
        byte[] response = packets[1].Bytes;
        Assert.Equal(["", "", Hex(response[21..2441]), Hex(response[2441..2505]), Hex(response[2505..]), "", ""], rows[1]);
        byte[] exchange = packets[2].Bytes;
        Assert.Equal(["", "", Hex(exchange[1589..4009]), Hex(exchange[4009..]), Hex(exchange[789..1589]), Hex(exchange[21..789]), ""], rows[2]);
        Assert.Equal(Hex(packets[6].Bytes[^64..]), rows[6][6]);
    }

    [Fact]
    public async Task A_connection_captured_from_its_middle_is_found_by_its_times_and_decoded_as_what_it_is()
    {
        IEnumerable<RecordedPacket> middle = (await RecordedTunnel.OfAsync(QsmpProtocol.DuplexName)).Skip(6);
        CaptureWriter capture = new CaptureWriter().Add(40000, OtherPort, middle);
        IReadOnlyList<string[]> rows = await TsharkRun.FieldsAsync(capture, ["postern.protocol", "postern.plaintext_length"]);
        Assert.Equal(["QSTP or QSMP", ""], rows[0]);
        rows = await TsharkRun.FieldsAsync(capture, ["postern.protocol", "postern.plaintext_length"], "-d", $"tcp.port=={OtherPort},qsmd");
        Assert.Equal([QsmpProtocol.DuplexName, "5"], rows[0]);
    }

    [Theory]
    [InlineData(0x13, "0x0f", "unknown certificate serial")]
    [InlineData(0x13, "0x19", "configuration set not recognised")]
    public async Task An_error_packet_says_its_code_and_is_an_expert_info(byte flag, string code, string text)
    {
        RecordedPacket request = (await RecordedTunnel.OfAsync(QstpProtocol.Name))[0];
        byte[] error = [.. request.Bytes[..21], Convert.ToByte(code, 16)];
        error[0] = flag;
        error[1] = 1;
        error[12] = 0xFF;
        CaptureWriter capture = new CaptureWriter().Add(40000, OtherPort, [request, new RecordedPacket(true, error)]);
        IReadOnlyList<string[]> rows = await TsharkRun.FieldsAsync(capture, ["postern.error", "postern.error.text", "_ws.expert.message", "_ws.col.Info"]);
        Assert.Equal([code, text, $"Error: {text}. Nothing authenticates it: anyone on the path could have sent it", $"error condition {code}: {text}, 1 bytes"], rows[1]);
    }

    [Theory]
    [InlineData(1, 5, 9, "Sequence 9 where 0 is expected")]
    [InlineData(4, 5, 9, "Sequence 9 where 3 is expected")]
    [InlineData(1, 0, 8, "Only a server sends this packet")]
    [InlineData(0, 21 + 16, 'x', "The configuration is none of the fourteen sets")]
    [InlineData(4, 0, 0x44, "Unknown flag")]
    [InlineData(4, 0, 3, "Unauthenticated terminate")]
    [InlineData(4, 15, 1, "s from the time of capture: receivers accept 60 s")]
    [InlineData(3, 1, 31, "The exchange response of QSTP has 32 bytes, not 31")]
    public async Task What_is_wrong_with_a_packet_is_said(int index, int offset, int value, string expected)
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(QstpProtocol.Name);
        byte[] bytes = [.. packets[index].Bytes];
        bytes[offset] = offset == 15 ? (byte)(bytes[offset] + value) : (byte)value;
        bool fromServer = value == 8 ? !packets[index].FromServer : packets[index].FromServer;
        CaptureWriter capture = new();
        capture.Add(40000, QstpClient.DefaultPort, packets.Take(index));
        capture.Add(40000, QstpClient.DefaultPort, fromServer, bytes, packets[0].Header.Time);
        IReadOnlyList<string[]> rows = await TsharkRun.FieldsAsync(capture, ["_ws.expert.message"]);
        Assert.Contains(expected, string.Join('\n', rows.Select(row => row[0])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_largest_sequences_are_shown_and_counted_on_from()
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(QstpProtocol.Name);
        byte[] last = [.. packets[4].Bytes];
        last.AsSpan(5, 8).Fill(0xFF);
        last[5] = 0xFE;
        CaptureWriter capture = new();
        capture.Add(40000, QstpClient.DefaultPort, packets.Take(4));
        capture.Add(40000, QstpClient.DefaultPort, packets[4].FromServer, last, packets[0].Header.Time);
        capture.Add(40000, QstpClient.DefaultPort, packets[4].FromServer, last, packets[0].Header.Time);
        string text = string.Join('\n', (await TsharkRun.FieldsAsync(capture, ["_ws.expert.message"])).Select(row => row[0]));
        Assert.Contains("Sequence 18446744073709551614 where 18446744073709551615 is expected", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Lua Error", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, QstpClient.DefaultPort)]
    [InlineData(1, QstpClient.DefaultPort)]
    [InlineData(20, QstpClient.DefaultPort)]
    [InlineData(21, QstpClient.DefaultPort)]
    [InlineData(21, OtherPort)]
    [InlineData(22, QstpClient.DefaultPort)]
    [InlineData(90, OtherPort)]
    public async Task Frames_of_which_only_the_beginning_was_captured_are_shown_as_far_as_they_go(int captured, int port)
    {
        IReadOnlyList<RecordedPacket> packets = await RecordedTunnel.OfAsync(QstpProtocol.Name);
        CaptureWriter capture = new CaptureWriter { SnapLength = CaptureWriter.FrameHeaders + captured }.Add(40000, port, packets);
        Assert.DoesNotContain("Lua Error", await TsharkRun.RunAsync(capture, "-V"), StringComparison.Ordinal);
        IReadOnlyList<string[]> rows = await TsharkRun.FieldsAsync(capture, ["postern.kind"]);
        Assert.Equal(captured < 21 ? [] : QstpKinds, rows.Select(row => row[0]), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Other_protocols_on_other_ports_are_left_alone()
    {
        CaptureWriter capture = new CaptureWriter().Add(40000, OtherPort, fromServer: false, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"u8);
        capture.Add(40001, OtherPort, fromServer: false, new byte[200]).Add(40002, QstpClient.DefaultPort, fromServer: false, "SSH-2.0-OpenSSH_9.2 and more\r\n"u8);
        Assert.Empty(await TsharkRun.FieldsAsync(capture, ["postern.flag"]));
        Assert.Equal("3", (await TsharkRun.RunAsync(capture, "-T", "fields", "-e", "frame.number")).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    // What one side wrote before the other did, in one piece.
    private static IEnumerable<(bool FromServer, byte[] Bytes)> Runs(IReadOnlyList<RecordedPacket> packets)
    {
        for (int start = 0; start < packets.Count;)
        {
            bool side = packets[start].FromServer;
            RecordedPacket[] run = [.. packets.Skip(start).TakeWhile(packet => packet.FromServer == side)];
            start += run.Length;
            yield return (side, [.. run.SelectMany(packet => packet.Bytes)]);
        }
    }
}
