using System.Text.Json;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>Seals and opens the packets of RCS vectors. (primitives §5.4 to §5.6)</summary>
/// <param name="variant">The option of <see cref="RcsVariant"/>, or null.</param>
internal sealed class RcsPackets(string? variant)
{
    private const int ShownCiphertext = 64;

    /// <summary>One packet of a fresh state, both ways.</summary>
    public void CheckSingle(JsonElement vector)
    {
        using RcsCipher sender = Cipher(vector);
        using RcsCipher receiver = Cipher(vector);
        byte[] plaintext = Plaintext(vector);
        byte[] output = CheckPacket(vector, sender, receiver, plaintext);
        if (vector.Has("output"))
        {
            Expect.Equal("output", vector.Bytes("output"), output);
            return;
        }

        byte[] digest = new byte[Sha3.DigestSize256];
        Sha3.HashData256(output.AsSpan(0, plaintext.Length), digest);
        Expect.Equal("ciphertext_sha3_256", vector.Bytes("ciphertext_sha3_256"), digest);
        Expect.Equal("ciphertext_first64", vector.Bytes("ciphertext_first64"), output.AsSpan(0, ShownCiphertext));
        Expect.Equal("tag", vector.Bytes("tag"), output.AsSpan(plaintext.Length));
    }

    /// <summary>Packet after packet on one state, both ways.</summary>
    public void CheckSession(JsonElement session)
    {
        using RcsCipher sender = Cipher(session);
        using RcsCipher receiver = Cipher(session);
        foreach (JsonElement packet in session.Items("packets"))
        {
            Expect.Equal("output", packet.Bytes("output"), CheckPacket(packet, sender, receiver, packet.Bytes("plaintext")));
        }
    }

    /// <summary>
    /// One receiving state that meets a damaged packet: it and everything after it is refused. A second state, which never meets the
    /// damaged one, accepts the rest: those packets were genuine. (primitives §5.6)
    /// </summary>
    public void CheckRefusal(JsonElement vector)
    {
        using RcsCipher receiver = Cipher(vector);
        using RcsCipher spared = Cipher(vector);
        byte[] counter = receiver.Counter.ToArray();
        bool damaged = false;
        foreach (JsonElement step in vector.Items("steps"))
        {
            byte[] input = step.Bytes("input");
            byte[] plaintext = new byte[input.Length - receiver.TagSize];
            bool accepted = receiver.TryOpen(AssociatedData(step), input, plaintext);
            Expect.Equal("accepted", step.Flag("accepted"), accepted);
            Expect.Equal("plaintext", accepted ? step.Bytes("plaintext") : new byte[plaintext.Length], plaintext);
            if (accepted) counter = receiver.Counter.ToArray();
            Expect.Equal("nonce_after", step.Bytes("nonce_after"), counter);

            bool genuine = spared.TryOpenTentatively(AssociatedData(step), input, plaintext);
            Expect.Equal("genuine but for the damaged packet", accepted || damaged, genuine);
            damaged |= !accepted;
        }
    }

    private static byte[] CheckPacket(JsonElement vector, RcsCipher sender, RcsCipher receiver, byte[] plaintext)
    {
        byte[] output = new byte[plaintext.Length + sender.TagSize];
        sender.Seal(AssociatedData(vector), plaintext, output);
        Expect.Equal("nonce_after", vector.Bytes("nonce_after"), sender.Counter);

        byte[] opened = new byte[plaintext.Length];
        Expect.True("the packet does not open", receiver.TryOpen(AssociatedData(vector), output, opened));
        Expect.Equal("plaintext, opened", plaintext, opened);
        Expect.Equal("nonce_after, opened", vector.Bytes("nonce_after"), receiver.Counter);
        return output;
    }

    private static byte[] Plaintext(JsonElement vector)
    {
        if (!vector.Has("plaintext_pattern")) return vector.Bytes("plaintext");
        JsonElement pattern = vector.Field("plaintext_pattern");
        byte[] plaintext = new byte[pattern.Size("length")];
        int factor = pattern.Number("mul");
        int summand = pattern.Number("add");
        for (int i = 0; i < plaintext.Length; i++)
        {
            plaintext[i] = unchecked((byte)((i * factor) + summand));
        }

        return plaintext;
    }

    private RcsCipher Cipher(JsonElement vector)
    {
        byte[] key = vector.Bytes("key");
        return new RcsCipher(RcsVariant.Parameters(variant, key), key, vector.Bytes("nonce"), vector.Bytes("info"), RijndaelCounterMode.Fastest);
    }

    private static byte[] AssociatedData(JsonElement packet) =>
        packet.Field("aad").ValueKind == JsonValueKind.Null ? [] : packet.Bytes("aad");
}
