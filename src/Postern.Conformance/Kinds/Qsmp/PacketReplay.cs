using System.Text.Json;
using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Packets;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>
/// The sealed packets of a session, in their order: our sender seals each to the recorded bytes, our receiver opens the recorded one.
/// Those of the handshake come first; our handshakes have made them. (QSMP §1.11 to §1.13)
/// </summary>
internal sealed class PacketReplay : IDisposable
{
    private readonly JsonElement _session;
    private readonly RecordedPeers _peers;
    private readonly KeyEpochs _epochs;
    private readonly RecordedClock _clock;
    private readonly RecordedSide _initiator;
    private readonly RecordedSide _responder;
    private readonly RatchetReplay _ratchets;
    private readonly UnmodifiedListener? _unmodified;

    public PacketReplay(
        JsonElement session, RecordedPeers peers, KeyEpochs epochs, SealedChannel initiator, SealedChannel responder, RecordedClock clock)
    {
        _session = session;
        _peers = peers;
        _epochs = epochs;
        _clock = clock;
        _initiator = new RecordedSide("client", initiator, clock.Wire);
        _responder = new RecordedSide("server", responder, clock.Wire);
        if (session.HasText("kind", "s-lis-asis")) _unmodified = new UnmodifiedListener(_initiator, _responder, clock);
        _ratchets = new RatchetReplay(session, peers, epochs, _unmodified);
    }

    /// <summary>Stops at the first packet that differs: every later one depends on it.</summary>
    public void Run(CheckList checks)
    {
        int index = 0;
        foreach (JsonElement packet in _session.Items("packets"))
        {
            if (!checks.Check($"packets[{index}]", () => Replay(packet, index))) return;
            index++;
        }

        checks.Check("key_epochs", _epochs.CheckCount);
        if (_unmodified is not null) checks.Check("unmodified listener", _unmodified.CheckRefused);
    }

    public void Dispose()
    {
        _unmodified?.Dispose();
        _initiator.Dispose();
        _responder.Dispose();
    }

    private void Replay(JsonElement recorded, int index)
    {
        byte[] packet = recorded.Bytes("packet");
        PacketHeader header = PacketHeader.Read(packet);
        CheckFields(recorded, header);
        Expect.Equal("i", recorded.Number("i"), index + RecordedStep.Of(_peers.Mode).TakeWhile(step => step.Plaintext is null).Count());
        if (RecordedStep.Of(_peers.Mode).FirstOrDefault(step => step.Name == recorded.Text("type")) is { } step)
        {
            CheckHandshakePacket(recorded, step);
            return;
        }

        // DUPLEX sends ratchets with time 0; the clock is where it was.
        if (header.Time != 0) _clock.Set(header.Time);
        bool fromInitiator = recorded.Text("dir") == "c2s";
        Expect.True("'dir' is neither c2s nor s2c", fromInitiator || recorded.Text("dir") == "s2c");
        (RecordedSide sender, RecordedSide receiver) = fromInitiator ? (_initiator, _responder) : (_responder, _initiator);
        if (RatchetReplay.IsRatchet(header.Flag))
        {
            _ratchets.Replay(recorded, header.Flag, packet, sender, receiver);
            return;
        }

        byte[] plaintext = recorded.Bytes("plaintext");
        bool isMirrored = _unmodified is { IsMirrored: true } && !fromInitiator;
        Expect.Equal("packet", packet, sender.Seal(header.Flag, plaintext));
        Expect.Equal("a note", recorded.Has("note"), isMirrored);
        if (isMirrored) _unmodified!.Open(header, packet, plaintext);
        else Open(receiver.Channel, header, packet, plaintext);
    }

    private void CheckFields(JsonElement recorded, in PacketHeader header)
    {
        byte flag = recorded.Text("type") switch
        {
            "exchange_response" => QsmpProtocol.ExchangeResponseFlag,
            "establish_request" => QsmpProtocol.EstablishRequestFlag,
            "establish_response" => QsmpProtocol.EstablishResponseFlag,
            "encrypted_message" => ChannelProfile.MessageFlag,
            "symmetric_ratchet_request" => ChannelProfile.RatchetFlag,
            "asymmetric_ratchet_request" => ChannelProfile.KeyExchangeRequestFlag,
            "asymmetric_ratchet_response" => ChannelProfile.KeyExchangeResponseFlag,
            "error_condition" => QsmpProtocol.ErrorFlag,
            string other => throw new FormatException($"there is no packet of type '{other}'"),
        };
        Expect.Equal("flag", flag, header.Flag);
        Expect.Equal("seq", recorded.LongNumber("seq"), header.Sequence);
        Expect.Equal("utctime", recorded.LongNumber("utctime"), header.Time);
        Expect.Equal("msglen", recorded.LongNumber("msglen"), header.Length);
        Expect.Equal("epoch", recorded.Number("epoch"), _epochs.Current);

        // §1.11: header, length, nonce and ciphertext end within three bytes of a block's end.
        int rate = _peers.Profile.Rcs.Rate;
        int authenticated = PacketHeader.Size + sizeof(uint) + _peers.Profile.Rcs.NonceSize + recorded.Bytes("plaintext").Length + sizeof(ulong);
        bool isBoundary = authenticated % rate >= rate - 3;
        Expect.Equal("kmac_boundary", recorded.Has("kmac_boundary") && recorded.Flag("kmac_boundary"), isBoundary);
    }

    private void CheckHandshakePacket(JsonElement recorded, RecordedStep step)
    {
        JsonElement handshake = _session.Field("handshake");
        Expect.Equal("packet", handshake.Field("packets").Bytes(step.Name), recorded.Bytes("packet"));
        Expect.Equal("plaintext", handshake.Bytes(step.Plaintext ?? throw new FormatException($"the {step.Name} is not sealed")), recorded.Bytes("plaintext"));
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
