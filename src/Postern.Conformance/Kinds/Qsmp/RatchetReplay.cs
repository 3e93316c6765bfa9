using System.Text.Json;
using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Packets;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>
/// The ratchets of a session, all of them sealed again: symmetric ones with the recorded token, asymmetric ones with the recorded KEM
/// key or ciphertext, signed anew. (QSMP §1.13, §3.5)
/// </summary>
internal sealed class RatchetReplay(JsonElement session, RecordedPeers peers, KeyEpochs epochs, UnmodifiedListener? unmodified)
{
    private const string Symmetric = "symmetric_ratchet";
    private const string Asymmetric = "asymmetric_ratchet";

    private RecordedSide? _requester;

    public static bool IsRatchet(byte flag) =>
        flag is ChannelProfile.RatchetFlag or ChannelProfile.KeyExchangeRequestFlag or ChannelProfile.KeyExchangeResponseFlag;

    public void Replay(JsonElement recorded, byte flag, byte[] packet, RecordedSide sender, RecordedSide receiver)
    {
        byte[] plaintext = recorded.Bytes("plaintext");
        byte[] ours = new byte[plaintext.Length + sender.Channel.Overhead];
        switch (flag)
        {
            case ChannelProfile.RatchetFlag:
                ReplaySymmetric(packet, plaintext, ours, sender, receiver);
                break;
            case ChannelProfile.KeyExchangeRequestFlag:
                CheckPayload(recorded, plaintext, "kem_public_key", peers.Kem.PublicKeySize, sender);
                ReplayRequest(packet, plaintext, ours, sender, receiver);
                break;
            default:
                CheckPayload(recorded, plaintext, "kem_ciphertext", peers.Kem.CiphertextSize, sender);
                ReplayResponse(packet, ours, sender, receiver);
                break;
        }
    }

    private void ReplaySymmetric(byte[] packet, byte[] token, byte[] ours, RecordedSide sender, RecordedSide receiver)
    {
        using DirectionKeys keys = sender.Channel.DeriveRatchet(token, sender.Channel.Opener.OwnRatchetState);
        epochs.CheckRatchet(Symmetric, sender.Name, token, sender.Channel);
        sender.Channel.SealRatchetRequest(new ScriptedRandom(token), ours);
        Expect.Equal("packet", packet, ours);
        Open(packet, token.Length, receiver, OpenedKind.Ratchet);
        CheckStates(keys.RatchetState, sender, receiver);
        unmodified?.Mirror(keys);
    }

    private void ReplayRequest(byte[] packet, byte[] plaintext, byte[] ours, RecordedSide sender, RecordedSide receiver)
    {
        // The requester's key and the answer's ciphertext come out of the KEM when our channels ask for them.
        JsonElement epoch = epochs.Next;
        byte[] answer = session.Items("packets").FirstOrDefault(IsAnswer) is { ValueKind: JsonValueKind.Object } row
            ? row.Bytes("plaintext")
            : throw new FormatException("no answer follows this request");
        KemSecrets.Add(
            peers.Kem, plaintext[^peers.Kem.PublicKeySize..], epoch.Bytes("kem_secret_key"), answer[^peers.Kem.CiphertextSize..], epoch.Bytes("secret"));
        Expect.True("our channel cannot ask for a ratchet now", sender.Channel.TrySealKeyExchangeRequest(SignatureRandom(), ours));
        Expect.Equal("packet", packet, ours);
        Open(packet, plaintext.Length, receiver, OpenedKind.RatchetToAnswer);
        _requester = sender;

        bool IsAnswer(JsonElement other) => other.HasText("type", "asymmetric_ratchet_response") && other.Number("epoch") == epochs.Current;
    }

    private void ReplayResponse(byte[] packet, byte[] ours, RecordedSide sender, RecordedSide receiver)
    {
        Expect.True("nobody has asked for this ratchet", ReferenceEquals(_requester, receiver));
        _requester = null;
        byte[] secret = epochs.Next.Bytes("secret");
        using DirectionKeys keys = sender.Channel.DeriveRatchet(secret, sender.Channel.Opener.OwnRatchetState);
        epochs.CheckRatchet(Asymmetric, receiver.Name, secret, sender.Channel);
        Expect.True("our channel owes no answer", sender.Channel.TrySealKeyExchangeAnswer(SignatureRandom(), ours));
        Expect.Equal("packet", packet, ours);
        Open(packet, ours.Length - sender.Channel.Overhead, receiver, OpenedKind.Ratchet);
        CheckStates(keys.RatchetState, sender, receiver);
    }

    // Sign(h) || h || data with h = H(data), and where they stand in it.
    private void CheckPayload(JsonElement recorded, byte[] plaintext, string dataName, int dataSize, RecordedSide sender)
    {
        QsmpPrivateKey signer = sender.Channel.IsInitiator ? peers.Initiator : peers.Responder;
        int hashEnd = peers.Suite.Signature.SignatureSize + peers.HashSize;
        byte[] expected = new byte[hashEnd + dataSize];
        byte[] data = plaintext[^dataSize..];
        data.CopyTo(expected, hashEnd);
        Span<byte> hash = expected.AsSpan(peers.Suite.Signature.SignatureSize, peers.HashSize);
        Transcript.Hash(hash, data);
        signer.Sign(SignatureRandom(), hash, expected.AsSpan(0, peers.Suite.Signature.SignatureSize));
        Expect.Equal("plaintext", expected, plaintext);

        JsonElement fields = recorded.Field("fields");
        CheckRange(fields, "signature", 0, peers.Suite.Signature.SignatureSize);
        CheckRange(fields, "signed_hash", peers.Suite.Signature.SignatureSize, hashEnd);
        CheckRange(fields, dataName, hashEnd, expected.Length);
    }

    private static void CheckRange(JsonElement fields, string name, int start, int end)
    {
        int[] range = [.. fields.Items(name).Select(static bound => bound.TryGetInt32(out int value) ? value : -1)];
        Expect.True($"'{name}' is not [{start}, {end}]", range is [int first, int second] && first == start && second == end);
    }

    private static void Open(byte[] packet, int messageSize, RecordedSide receiver, OpenedKind kind)
    {
        Expect.Equal("size of the message", messageSize, receiver.Channel.CheckHeader(PacketHeader.Read(packet)));
        OpenedPacket opened = receiver.Channel.Open(packet, new byte[messageSize]);
        Expect.Equal("kind", kind.ToString(), opened.Kind.ToString());
    }

    private static void CheckStates(ReadOnlySpan<byte> state, RecordedSide sender, RecordedSide receiver)
    {
        Expect.Equal("rtcs of the sender", state, sender.Channel.Opener.OwnRatchetState);
        Expect.Equal("rtcs of the receiver", state, receiver.Channel.Opener.PeerRatchetState);
    }

    private static ScriptedRandom SignatureRandom() => new(ScriptedRandom.DeterministicSignature);
}
