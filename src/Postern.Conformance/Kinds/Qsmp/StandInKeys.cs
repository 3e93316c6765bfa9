using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>
/// The sealed packets of a failure case, sealed again under the recorded headers: the secrets of those runs were not recorded, so both
/// sides take <see cref="RecordedKem.StandInSecret"/> for them. (QSMP §2, §3)
/// </summary>
internal static class StandInKeys
{
    /// <summary>Replaces the sealed packets, the tester's with the fault that the case names.</summary>
    public static FailureCase SealAgain(FailureCase item, RecordedPeers peers)
    {
        List<byte[]> sent = [.. item.Sent];
        List<byte[]> answers = [.. item.Answers];
        (List<byte[]> requests, List<byte[]> responses) = item.TestsResponder ? (sent, answers) : (answers, sent);
        if (peers.Mode == QsmpMode.Simplex) SealSimplex(item, peers, requests, responses);
        else SealDuplex(item, peers, requests, responses);
        return item with { Sent = sent, Answers = answers };
    }

    private static void SealSimplex(FailureCase item, RecordedPeers peers, List<byte[]> requests, List<byte[]> responses)
    {
        if (responses.Count < 2 || IsError(responses[1])) return;
        byte[] ciphertext = requests[1][PacketHeader.Size..];
        Transcript transcript = Start(peers, peers.Responder.VerificationKey);
        transcript.Absorb(HashAfterSignature(responses[0], peers));
        transcript.Absorb(ciphertext);
        using DirectionKeys keys = Derive(peers, transcript, default, ciphertext);
        responses[1] = Seal(keys, first: false, responses[1], transcript.Value, item, isTesters: !item.TestsResponder);
    }

    private static void SealDuplex(FailureCase item, RecordedPeers peers, List<byte[]> requests, List<byte[]> responses)
    {
        if (requests.Count < 3 || IsError(requests[2])) return;
        Transcript transcript = Start(peers, peers.Initiator.VerificationKey, peers.Responder.VerificationKey);
        transcript.Absorb(requests[0].AsSpan()[^peers.HashSize..]);
        transcript.Absorb(HashAfterSignature(responses[0], peers));
        transcript.Absorb(requests[1].AsSpan()[^peers.HashSize..]);
        transcript.Absorb(responses[1].AsSpan()[^peers.HashSize..]);
        byte[] secretB = RecordedKem.StandInSecret(Ciphertext(responses[1], peers));
        using DirectionKeys keys = Derive(peers, transcript, secretB, Ciphertext(requests[1], peers));
        requests[2] = Seal(keys, first: true, requests[2], transcript.Value, item, isTesters: item.TestsResponder);
        if (responses.Count < 3 || IsError(responses[2])) return;

        transcript.Absorb(requests[2].AsSpan()[PacketHeader.Size..]);
        byte[] confirmation = new byte[peers.HashSize];
        Transcript.Hash(confirmation, transcript.Value);
        responses[2] = Seal(keys, first: false, responses[2], confirmation, item, isTesters: !item.TestsResponder);
    }

    private static byte[] Seal(DirectionKeys keys, bool first, byte[] recorded, ReadOnlySpan<byte> value, FailureCase item, bool isTesters)
    {
        byte[] packet = [.. recorded];
        byte[] plaintext = value.ToArray();
        if (isTesters && item.SealsOtherValue) plaintext[0] ^= 1;
        using RcsCipher cipher = keys.CreateCipher(first);
        cipher.Seal(packet.AsSpan(0, PacketHeader.Size), plaintext, packet.AsSpan(PacketHeader.Size));
        if (isTesters && item.BreaksTag) packet[^1] ^= 1;
        return packet;
    }

    private static Transcript Start(RecordedPeers peers, ReadOnlySpan<byte> firstKey, ReadOnlySpan<byte> secondKey = default)
    {
        Span<byte> value = stackalloc byte[Sha3.DigestSize512];
        value = value[..peers.HashSize];
        Transcript.Hash(value, peers.Suite.ConfigurationField, peers.Responder.Identity, firstKey, secondKey);
        return new Transcript(value);
    }

    private static DirectionKeys Derive(RecordedPeers peers, Transcript transcript, ReadOnlySpan<byte> customization, ReadOnlySpan<byte> ciphertext) =>
        DirectionKeys.Derive(
            peers.Profile.Rcs,
            peers.Profile.RatchetRate,
            peers.Profile.RatchetBlocks,
            transcript.Value,
            customization,
            RecordedKem.StandInSecret(ciphertext));

    private static ReadOnlySpan<byte> HashAfterSignature(byte[] connectResponse, RecordedPeers peers) =>
        connectResponse.AsSpan(PacketHeader.Size + peers.Suite.Signature.SignatureSize, peers.HashSize);

    private static ReadOnlySpan<byte> Ciphertext(byte[] packet, RecordedPeers peers) => packet.AsSpan(PacketHeader.Size, peers.Kem.CiphertextSize);

    private static bool IsError(byte[] packet) => packet.Length == Postern.Handshakes.Handshake.ErrorPacketSize;
}
