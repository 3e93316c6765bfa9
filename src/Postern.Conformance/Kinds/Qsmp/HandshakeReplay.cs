using System.Text.Json;
using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Packets;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>
/// Our initiator and our responder run the recorded handshake against each other: every packet must be the recorded one, every
/// transcript value too. (QSMP §2, §3)
/// </summary>
internal sealed class HandshakeReplay : IDisposable
{
    private readonly JsonElement _recorded;
    private readonly RecordedPeers _peers;
    private readonly RecordedClock _clock;
    private readonly QsmpHandshake _initiator;
    private readonly QsmpHandshake _responder;

    public HandshakeReplay(JsonElement session, RecordedPeers peers, RecordedClock clock)
    {
        _recorded = session.Field("handshake");
        _peers = peers;
        _clock = clock;
        _initiator = peers.CreateInitiator(clock.Wire);
        _responder = peers.CreateResponder(clock.Wire);
    }

    /// <summary>Runs to the end, or to the first packet that differs.</summary>
    /// <returns>Whether both sides have keys.</returns>
    public bool Run(CheckList checks)
    {
        if (!checks.Check("sch1", () => Expect.Equal("sch1", _recorded.Bytes("sch1"), _initiator.TranscriptValue))) return false;
        bool fromInitiator = true;
        foreach (RecordedStep step in RecordedStep.Of(_peers.Mode))
        {
            (QsmpHandshake sender, QsmpHandshake receiver) = fromInitiator ? (_initiator, _responder) : (_responder, _initiator);
            if (!checks.Check(step.Name, () => Exchange(step, sender, receiver))) return false;
            fromInitiator = !fromInitiator;
        }

        return _peers.Mode == QsmpMode.Simplex || checks.Check("hash_sch6", CheckConfirmation);
    }

    public ChannelKeys TakeInitiatorKeys() => _initiator.TakeKeys();

    public ChannelKeys TakeResponderKeys() => _responder.TakeKeys();

    public void Dispose()
    {
        _initiator.Dispose();
        _responder.Dispose();
    }

    private void Exchange(RecordedStep step, QsmpHandshake sender, QsmpHandshake receiver)
    {
        byte[] recorded = _recorded.Field("packets").Bytes(step.Name);
        _clock.Set(PacketHeader.Read(recorded).Time);
        byte[] packet = new byte[sender.PacketSize];
        sender.Write(packet);
        Expect.Equal("packet", recorded, packet);
        Expect.Equal("size that the peer expects", recorded.Length, receiver.PacketSize);
        receiver.Read(packet);
        if (step.Hash is { } hash) Expect.Equal(hash, _recorded.Bytes(hash), SignedHashOf(step, packet));
        if (step.SenderValue is { } sent) Expect.Equal($"{sent} of the sender", _recorded.Bytes(sent), sender.TranscriptValue);
        if (step.ReceiverValue is { } read) Expect.Equal($"{read} of the receiver", _recorded.Bytes(read), receiver.TranscriptValue);
    }

    // The attached signature stands first in a connect response, and last in all others. (§2.2, §3.1 to §3.3)
    private ReadOnlySpan<byte> SignedHashOf(RecordedStep step, ReadOnlySpan<byte> packet) => step.Name == "connect_response"
        ? packet.Slice(PacketHeader.Size + _peers.Suite.Signature.SignatureSize, _peers.HashSize)
        : packet[^_peers.HashSize..];

    private void CheckConfirmation()
    {
        byte[] confirmation = new byte[_peers.HashSize];
        Transcript.Hash(confirmation, _initiator.TranscriptValue);
        Expect.Equal("hash_sch6", _recorded.Bytes("hash_sch6"), confirmation);
    }
}
