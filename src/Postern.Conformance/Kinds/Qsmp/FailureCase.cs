using System.Text.Json;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>One run of a tester against the reference, whose place our side takes.</summary>
internal sealed record FailureCase
{
    // The tester takes the time when it begins.
    private const long LongestRun = 3;

    public required string Name { get; init; }

    /// <summary>Our side is the server or listener.</summary>
    public required bool TestsResponder { get; init; }

    public required ulong CaptureTime { get; init; }

    /// <summary>The tester's packets.</summary>
    public required List<byte[]> Sent { get; init; }

    /// <summary>The reference's, from its first one on.</summary>
    public required List<byte[]> Answers { get; init; }

    /// <summary>The code in the error packet that comes last; null if none came.</summary>
    public required byte? Code { get; init; }

    /// <summary>The tester closed its half after its last packet; otherwise it only went silent.</summary>
    public required bool HalfClosed { get; init; }

    public bool NeedsExpiredKey => Name == "responder key expired";

    public bool IsFaultless => Name == "no fault";

    /// <summary>The tester sealed something else than the transcript.</summary>
    public bool SealsOtherValue => Name.EndsWith("another value validly sealed", StringComparison.Ordinal);

    /// <summary>The tester changed a bit of the tag.</summary>
    public bool BreaksTag => Name.EndsWith("one bit of the tag flipped", StringComparison.Ordinal);

    public static FailureCase Read(JsonElement row, bool testsResponder)
    {
        List<byte[]> answers = row.ByteStrings("received");
        if (row.Has("connect_request")) answers.Insert(0, row.Bytes("connect_request"));
        ulong captureTime = row.LongNumber("capture_time");
        foreach (byte[] answer in answers)
        {
            Expect.True("the answer's time is not that of the run", Math.Abs((long)(PacketHeader.Read(answer).Time - captureTime)) <= LongestRun);
        }

        byte[]? error = answers.Count > 0 && answers[^1].Length == Handshake.ErrorPacketSize && answers[^1][0] == QsmpProtocol.ErrorFlag ? answers[^1] : null;
        int? code = row.Field("error_code").ValueKind == JsonValueKind.Null ? null : row.Number("error_code");
        Expect.Equal("error_code", code ?? -1, error is null ? -1 : error[PacketHeader.Size]);
        if (error is not null) Expect.Equal("error packet", ErrorPacket(error[PacketHeader.Size], PacketHeader.Read(error).Time), error);
        return new FailureCase
        {
            Name = row.Text("name"),
            TestsResponder = testsResponder,
            CaptureTime = captureTime,
            Sent = row.ByteStrings("sent"),
            Answers = answers,
            Code = (byte?)code,
            HalfClosed = row.Has("sender_half_closed") && row.Flag("sender_half_closed"),
        };
    }

    /// <summary>The packet that tells why a handshake failed. (QSMP §1.12)</summary>
    public static byte[] ErrorPacket(byte code, ulong time)
    {
        byte[] packet = new byte[Handshake.ErrorPacketSize];
        new PacketHeader(QsmpProtocol.ErrorFlag, 1, Handshake.ErrorSequence, time).Write(packet);
        packet[PacketHeader.Size] = code;
        return packet;
    }
}
