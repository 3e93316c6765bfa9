using System.Text.Json;
using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Packets;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>
/// The ratchets of a recorded session. The sender is our own channel; the reference's requests have the time 0, and so has our clock
/// then. (QSTP §11)
/// </summary>
internal sealed class RatchetReplay(JsonElement session, RecordedSide client, RecordedSide server)
{
    private readonly List<byte[]> _states = [];

    public void Replay(JsonElement message, int index, RecordedSide sender, RecordedSide receiver)
    {
        if (sender.HasSubstitute) throw new UnsupportedVectorException("a second ratchet between stock peers cannot be replayed");
        byte[] packet = message.Bytes("packet");
        PacketHeader header = PacketHeader.Read(packet);
        JsonElement ratchet = Ratchet(message);
        byte[] token = ratchet.Bytes("token");
        Expect.Equal("plaintext", message.Bytes("plaintext"), token);
        Expect.Equal("initiator", ratchet.Text("initiator"), sender.Name);
        Expect.Equal("rtcs_before of the sender", ratchet.Bytes("rtcs_before"), sender.Channel.Opener.OwnRatchetState);
        Expect.Equal("rtcs_before of the receiver", ratchet.Bytes("rtcs_before"), receiver.Channel.Opener.PeerRatchetState);

        using DirectionKeys keys = sender.Channel.DeriveRatchet(token, sender.Channel.Opener.OwnRatchetState);
        Expect.Equal("kdf_output128", ratchet.Bytes("kdf_output128"), keys.Pairs);
        Expect.Equal("rtcs_after", ratchet.Bytes("rtcs_after"), keys.RatchetState);
        _states.Add(keys.RatchetState.ToArray());

        byte[] ours = new byte[token.Length + sender.Channel.Overhead];
        sender.Channel.SealRatchetRequest(new ScriptedRandom(token), ours);
        Expect.Equal("packet", packet, ours);
        Expect.Equal("size of the token", token.Length, receiver.Channel.CheckHeader(header));
        Follow(header, packet, token, keys, receiver, isMirrored: header.Time == 0 && NextFromServerIsFirst(index, keys));
        Expect.Equal("rtcs_after of the sender", ratchet.Bytes("rtcs_after"), sender.Channel.Opener.OwnRatchetState);
        Expect.Equal("rtcs_after of the receiver", ratchet.Bytes("rtcs_after"), receiver.Channel.Opener.PeerRatchetState);
    }

    /// <summary>What both recorded processes showed as their ratchet states: all of them, in their order, with every ratchet.</summary>
    public void CheckAll(CheckList checks)
    {
        if (!session.Has("ratchets")) return;
        JsonElement ratchets = session.Field("ratchets");
        checks.Check("ratchets", () => Expect.Equal("number of ratchets", ratchets.GetArrayLength(), _states.Count));
        checks.Each(
            ratchets,
            ratchet =>
            {
                List<byte[]> observed = ratchet.ByteStrings("rtcs_after_observed");
                Expect.Equal("number of states", observed.Count, _states.Count);
                for (int i = 0; i < observed.Count; i++) Expect.Equal("rtcs_after_observed", observed[i], _states[i]);
            },
            "ratchets");
    }

    private void Follow(PacketHeader header, byte[] packet, byte[] token, DirectionKeys keys, RecordedSide receiver, bool isMirrored)
    {
        if (header.Time == 0 && receiver == client && !isMirrored)
        {
            FollowByRole(header, packet, token, keys, receiver.Channel);
            return;
        }

        OpenedPacket opened = receiver.Channel.Open(packet, new byte[token.Length]);
        Expect.True("it is no ratchet", opened.Kind == OpenedKind.Ratchet);
        if (!isMirrored) return;

        // Stock peers both send with the first pair: our client reads that server, our server reads that client, and neither of our
        // sealers would send so. (§11.3, §11.4)
        client.Substitute(keys, first: true);
        server.Substitute(keys, first: true);
    }

    // A corrected server that still leaves the time at 0: our client takes every such server for a stock one, so its halves are led
    // by hand to the roles that were recorded. (§11.4)
    private static void FollowByRole(in PacketHeader header, byte[] packet, byte[] token, DirectionKeys keys, SealedChannel receiver)
    {
        byte[] opened = new byte[token.Length];
        receiver.Opener.Open(header, checkTime: false, packet, opened);
        Expect.Equal("token", token, opened);
        receiver.Opener.Advance(keys.CreateCipher(first: !receiver.IsInitiator), keys.CopyRatchetState());
        receiver.Sealer.Rekey(keys.CreateCipher(first: receiver.IsInitiator));
    }

    private JsonElement Ratchet(JsonElement message)
    {
        int index = message.Number("ratchet_index");
        Expect.Equal("ratchet_index", _states.Count, index);
        return session.Items("ratchets").ElementAtOrDefault(index) is { ValueKind: JsonValueKind.Object } ratchet
            ? ratchet
            : throw new FormatException($"there is no ratchet {index}");
    }

    // A server that goes on with the first pair is a stock one; the counter of its next packet tells.
    private bool NextFromServerIsFirst(int index, DirectionKeys keys)
    {
        JsonElement next = session.Items("messages").Skip(index + 1).FirstOrDefault(message => message.Has("dir") && message.Text("dir") == "S>C");
        if (next.ValueKind == JsonValueKind.Undefined) return false;
        int keySize = server.Channel.Profile.Rcs.KeySize;
        int nonceSize = server.Channel.Profile.Rcs.NonceSize;
        return keys.Pairs.Slice(keySize, nonceSize).SequenceEqual(next.Bytes("rcs_nonce_before"));
    }
}
