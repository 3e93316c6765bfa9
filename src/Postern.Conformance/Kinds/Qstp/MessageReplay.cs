using System.Text.Json;
using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Packets;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>
/// The packets after the handshake, in their order: our sender seals each to the recorded bytes, our receiver opens the recorded one.
/// (QSTP §8, §9.1)
/// </summary>
internal sealed class MessageReplay : IDisposable
{
    private readonly JsonElement _session;
    private readonly RecordedClock _clock;
    private readonly RecordedSide _client;
    private readonly RecordedSide _server;
    private readonly RatchetReplay _ratchets;

    public MessageReplay(JsonElement session, SealedChannel client, SealedChannel server, RecordedClock clock)
    {
        _session = session;
        _clock = clock;
        _client = new RecordedSide("client", client, clock.Wire);
        _server = new RecordedSide("server", server, clock.Wire);
        _ratchets = new RatchetReplay(session, _client, _server);
    }

    /// <summary>Stops at the first packet that differs: every later one depends on it.</summary>
    public void Run(CheckList checks)
    {
        int index = 0;
        foreach (JsonElement message in _session.Items("messages"))
        {
            if (!checks.Check($"messages[{index}]", () => Replay(message, index))) return;
            index++;
        }

        _ratchets.CheckAll(checks);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private void Replay(JsonElement message, int index)
    {
        byte[] packet = message.Bytes("packet");
        byte[] plaintext = message.Bytes("plaintext");
        PacketHeader header = PacketHeader.Read(packet);
        Expect.Equal("flag", message.Number("flag"), header.Flag);
        Expect.Equal("sequence", message.LongNumber("sequence"), header.Sequence);
        Expect.Equal("time", message.LongNumber("time"), header.Time);
        _clock.Set(header.Time);
        bool fromClient = message.Text("dir") == "C>S";
        Expect.True("'dir' is neither C>S nor S>C", fromClient || message.Text("dir") == "S>C");
        (RecordedSide sender, RecordedSide receiver) = fromClient ? (_client, _server) : (_server, _client);
        Expect.Equal("rcs_nonce_before", message.Bytes("rcs_nonce_before"), sender.Counter);
        if (header.Flag == ChannelProfile.RatchetFlag)
        {
            _ratchets.Replay(message, index, sender, receiver);
            return;
        }

        Expect.Equal("packet", packet, sender.Seal(header.Flag, plaintext));
        Open(receiver.Channel, header, packet, plaintext);
    }

    private static void Open(SealedChannel receiver, in PacketHeader header, byte[] packet, byte[] plaintext)
    {
        byte[] opened = new byte[receiver.CheckHeader(header)];
        Expect.Equal("size of the message", plaintext.Length, opened.Length);
        OpenedPacket result = receiver.Open(packet, opened);
        if (header.Flag == receiver.Profile.ErrorFlag)
        {
            Expect.True("it is no goodbye", result.Kind == OpenedKind.Goodbye);
            Expect.Equal("code of the goodbye", plaintext[0], result.Value);
            return;
        }

        Expect.True("it is no message", result.Kind == OpenedKind.Message);
        Expect.Equal("plaintext", plaintext, opened);
    }
}
