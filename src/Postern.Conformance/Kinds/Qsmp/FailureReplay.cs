using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Connections;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>
/// Runs our side of a failure case over a stream that gives it the tester's packets. Everything it sends must be what the reference
/// sent: with the recorded KEM keys and ciphertexts even its signed packets are the same bytes. (QSMP §4.1)
/// </summary>
internal static class FailureReplay
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static void Check(FailureCase recorded, RecordedPeers peers)
    {
        SignedAnswers.Check(recorded, peers);
        FailureDifference? difference = FailureDifference.Find(peers.Mode, recorded);
        LoadKem(recorded, peers);
        FailureCase item = StandInKeys.SealAgain(recorded, peers);

        RecordedClock clock = new(TimeOf(item, 0));
        int written = 0;
        using RecordedStream stream = new(item.Sent, () => clock.Set(TimeOf(item, ++written)));
        using QsmpHandshake handshake = item.TestsResponder ? peers.CreateResponder(clock.Wire) : peers.CreateInitiator(clock.Wire);
        Outcome outcome = Run(handshake, stream);
        using ChannelKeys? keys = outcome.Keys;
        Expect.Equal("completed", item.IsFaultless, keys is not null);
        if (outcome.Failure is { } failure && item.Sent.Count > 0) CheckPeerError(item.Sent[^1], failure);

        List<byte[]> expected = difference is null ? [.. item.Answers] : [.. item.Answers.Take(difference.PacketsBefore)];
        if (difference is not null) expected.Add(FailureCase.ErrorPacket((byte)difference.Ours, clock.Wire.Now));
        if (keys is not null && !item.TestsResponder) CheckGoodbye(keys, Take(expected), clock);

        // A tester that did not close its half saw what came before its end of the stream.
        Compare(expected, item.HalfClosed ? stream.Written : stream.WrittenBeforeEnd, ownKeyIsFresh: HasFreshKey(item));
    }

    // Who refuses a ciphertext must have a real key, and then it is another than the recorded one: nobody has that one's secret half.
    private static bool HasFreshKey(FailureCase item) => item.Code == (byte)QsmpErrorCode.DecapsulationFailed;

    private static void LoadKem(FailureCase item, RecordedPeers peers)
    {
        foreach (byte[] packet in item.Answers.Where(packet => packet.Length > Handshake.ErrorPacketSize))
        {
            int ciphertextEnd = PacketHeader.Size + peers.Kem.CiphertextSize;
            switch (packet[0])
            {
                case QsmpProtocol.ConnectResponseFlag when !HasFreshKey(item):
                    peers.Kem.AddKeyPair(packet[^peers.Kem.PublicKeySize..]);
                    break;
                case QsmpProtocol.ExchangeRequestFlag:
                    peers.Kem.AddCiphertext(packet[PacketHeader.Size..ciphertextEnd]);
                    if (peers.Mode == QsmpMode.Duplex && !HasFreshKey(item)) peers.Kem.AddKeyPair(packet.AsSpan(ciphertextEnd, peers.Kem.PublicKeySize).ToArray());
                    break;
                case QsmpProtocol.ExchangeResponseFlag when peers.Mode == QsmpMode.Duplex:
                    peers.Kem.AddCiphertext(packet[PacketHeader.Size..ciphertextEnd]);
                    break;
            }
        }
    }

    private static Outcome Run(QsmpHandshake handshake, RecordedStream stream)
    {
        PacketTransport transport = new(stream);
        Outcome outcome = new();
        Task run = DriveAsync(handshake, transport, outcome);
        transport.ReleaseBuffer();

        // The stream answers every call at once, so the driver never had to wait.
        Expect.True("our side waits for something else than the tester", run.IsCompleted);
        return run.Exception?.InnerException is { } unexpected ? throw unexpected : outcome;
    }

    private static async Task DriveAsync(QsmpHandshake handshake, PacketTransport transport, Outcome outcome)
    {
        try
        {
            outcome.Keys = await HandshakeDriver.RunAsync(handshake, transport, turns: null, Deadline, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ChannelException exception)
        {
            outcome.Failure = exception;
        }
    }

    private static ulong TimeOf(FailureCase item, int index) => item.Answers.Count == 0
        ? item.CaptureTime
        : PacketHeader.Read(item.Answers[Math.Min(index, item.Answers.Count - 1)]).Time;

    // Whatever its size, an error packet's code reaches the application.
    private static void CheckPeerError(byte[] last, ChannelException failure)
    {
        if (last.Length < Handshake.ErrorPacketSize || last[0] != QsmpProtocol.ErrorFlag) return;
        Expect.Equal("error", nameof(ChannelError.PeerReportedError), failure.Error.ToString());
        Expect.Equal("code of the peer", last[PacketHeader.Size], failure.PeerCode ?? byte.MaxValue);
    }

    // The recorded one is sealed with keys that nobody knows: its header is compared, and its size.
    private static void CheckGoodbye(ChannelKeys keys, byte[] recorded, RecordedClock clock)
    {
        clock.Set(PacketHeader.Read(recorded).Time);
        using SealedChannel channel = new(keys, clock.Wire);
        byte[] ours = new byte[1 + channel.Overhead];
        channel.SealGoodbye((byte)QsmpErrorCode.None, ours);
        Expect.Equal("size of the goodbye", recorded.Length, ours.Length);
        Expect.Equal("header of the goodbye", recorded.AsSpan(0, PacketHeader.Size), ours.AsSpan(0, PacketHeader.Size));
    }

    private static byte[] Take(List<byte[]> packets)
    {
        byte[] last = packets[^1];
        packets.RemoveAt(packets.Count - 1);
        return last;
    }

    private static void Compare(List<byte[]> expected, byte[] output, bool ownKeyIsFresh)
    {
        Expect.Equal("size of all that is sent", expected.Sum(packet => packet.Length), output.Length);
        int offset = 0;
        int index = 0;
        foreach (byte[] packet in expected)
        {
            ReadOnlySpan<byte> ours = output.AsSpan(offset, packet.Length);
            bool hasFreshKey = ownKeyIsFresh && packet[0] is (QsmpProtocol.ConnectResponseFlag or QsmpProtocol.ExchangeRequestFlag);
            int compared = hasFreshKey ? PacketHeader.Size : packet.Length;
            Expect.Equal($"packet {index++}", packet.AsSpan(0, compared), ours[..compared]);
            offset += packet.Length;
        }
    }

    private sealed class Outcome
    {
        public ChannelKeys? Keys { get; set; }

        public ChannelException? Failure { get; set; }
    }
}
