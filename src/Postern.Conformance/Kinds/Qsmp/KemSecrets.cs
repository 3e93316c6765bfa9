using System.Text.Json;
using Postern.Conformance.Replay;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>The KEM keys, ciphertexts and secrets of a handshake: each checked with the real KEM, then put ready for the replay.</summary>
internal static class KemSecrets
{
    public static void Load(JsonElement session, RecordedPeers peers)
    {
        JsonElement handshake = session.Field("handshake");
        JsonElement packets = handshake.Field("packets");
        byte[] publicKey = packets.Bytes("connect_response")[^peers.Kem.PublicKeySize..];
        byte[] exchangeRequest = packets.Bytes("exchange_request")[PacketHeader.Size..];
        byte[] ciphertext = exchangeRequest[..peers.Kem.CiphertextSize];
        if (peers.Mode == QsmpMode.Simplex)
        {
            Add(peers.Kem, publicKey, handshake.Bytes("kem_secret_key"), ciphertext, handshake.Bytes("shared_secret"));
            CheckRandom(handshake, peers.Kem.Real, publicKey, ciphertext);
            return;
        }

        byte[] initiatorKey = exchangeRequest.AsSpan(ciphertext.Length, peers.Kem.PublicKeySize).ToArray();
        byte[] answer = packets.Bytes("exchange_response").AsSpan(PacketHeader.Size, peers.Kem.CiphertextSize).ToArray();
        Add(peers.Kem, publicKey, handshake.Bytes("kem_secret_key_server"), ciphertext, handshake.Bytes("seca"));
        Add(peers.Kem, initiatorKey, handshake.Bytes("kem_secret_key_client"), answer, handshake.Bytes("secb"));
    }

    /// <summary>
    /// The key pair must be one, and the ciphertext must carry the secret to its holder. A real KEM encrypts again when it decapsulates,
    /// so the ciphertext is exactly the one that the secret's randomness makes.
    /// </summary>
    public static void Add(RecordedKem kem, byte[] publicKey, byte[] secretKey, byte[] ciphertext, byte[] secret)
    {
        byte[] freshCiphertext = new byte[kem.CiphertextSize];
        byte[] fresh = new byte[kem.SharedSecretSize];
        byte[] opened = new byte[kem.SharedSecretSize];
        Expect.True("the KEM public key is malformed", kem.Real.TryEncapsulate(publicKey, freshCiphertext, fresh));
        Expect.True("the KEM keys are no pair", kem.Real.Decapsulate(secretKey, freshCiphertext, opened) && opened.AsSpan().SequenceEqual(fresh));
        Expect.True("the ciphertext does not decapsulate", kem.Real.Decapsulate(secretKey, ciphertext, opened));
        Expect.Equal("secret", secret, opened);
        if (kem.Real is McEliece) CheckSeed(kem.Real, publicKey, secretKey);
        kem.AddKeyPair(publicKey, secretKey);
        kem.AddCiphertext(ciphertext, secret);
    }

    // A secret key of McEliece begins with the seed that both halves were made from. (primitives §9)
    private static void CheckSeed(KemAlgorithm kem, byte[] publicKey, byte[] secretKey)
    {
        byte[] madeKey = new byte[kem.PublicKeySize];
        byte[] madeSecretKey = new byte[kem.SecretKeySize];
        kem.GenerateKeyPair(new ScriptedRandom(secretKey[..McElieceParameters.SeedSize]), madeKey, madeSecretKey);
        Expect.Equal("KEM public key, made of its seed", publicKey, madeKey);
        Expect.Equal("KEM secret key, made of its seed", secretKey, madeSecretKey);
    }

    // SIMPLEX recordings have what the reference drew.
    private static void CheckRandom(JsonElement handshake, KemAlgorithm kem, byte[] publicKey, byte[] ciphertext)
    {
        byte[] ourKey = new byte[kem.PublicKeySize];
        byte[] ourSecretKey = new byte[kem.SecretKeySize];
        kem.GenerateKeyPair(new ScriptedRandom([.. handshake.ByteStrings("kem_keygen_random")]), ourKey, ourSecretKey);
        Expect.Equal("KEM public key", publicKey, ourKey);
        Expect.Equal("kem_secret_key", handshake.Bytes("kem_secret_key"), ourSecretKey);

        byte[] ourCiphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];
        Expect.True(
            "the KEM public key is malformed",
            kem.TryEncapsulate(new ScriptedRandom([.. handshake.ByteStrings("kem_encaps_random")]), publicKey, ourCiphertext, secret));
        Expect.Equal("ciphertext", ciphertext, ourCiphertext);
        Expect.Equal("shared_secret", handshake.Bytes("shared_secret"), secret);
    }
}
