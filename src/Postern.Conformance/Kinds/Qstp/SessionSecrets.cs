using System.Text.Json;
using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qstp;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>The secrets that a handshake never shows: the ephemeral KEM key and the shared secret. (QSTP §6.2, §6.3, §6.5)</summary>
internal static class SessionSecrets
{
    private const string McElieceSeed = "kem_keygen_seed";

    public static void Check(JsonElement session, Suite suite)
    {
        JsonElement secrets = session.Field("secrets");
        KemAlgorithm kem = suite.Kem;
        byte[] publicKey = new byte[kem.PublicKeySize];
        byte[] secretKey = new byte[kem.SecretKeySize];
        kem.GenerateKeyPair(KeyGenerationRandom(session), publicKey, secretKey);
        Expect.Equal("public key of the connect response", session.Field("handshake").Bytes("connect_response").AsSpan()[^kem.PublicKeySize..], publicKey);
        Expect.Equal("kem_secret_key", secrets.Bytes("kem_secret_key"), secretKey);

        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];
        kem.TryEncapsulate(EncapsulationRandom(session), publicKey, ciphertext, secret);
        Expect.Equal("ciphertext of the exchange request", session.Field("handshake").Bytes("exchange_request").AsSpan()[PacketHeader.Size..], ciphertext);
        Expect.Equal("shared_secret", secrets.Bytes("shared_secret"), secret);
        Expect.True("the ciphertext does not decapsulate", kem.Decapsulate(secretKey, ciphertext, secret));
        Expect.Equal("shared_secret, decapsulated", secrets.Bytes("shared_secret"), secret);
        CheckDerivation(session.Field("derived"), suite, secret);
    }

    /// <summary>The server's one draw for its ephemeral key; the signature's draw follows.</summary>
    public static ScriptedRandom KeyGenerationRandom(JsonElement session)
    {
        JsonElement secrets = session.Field("secrets");
        byte[] draw = secrets.Has(McElieceSeed) ? secrets.Bytes(McElieceSeed) : [.. secrets.Bytes("kem_keygen_d"), .. secrets.Bytes("kem_keygen_z")];
        return new ScriptedRandom(draw, ScriptedRandom.DeterministicSignature);
    }

    /// <summary>The client's draws: McEliece may need several.</summary>
    public static ScriptedRandom EncapsulationRandom(JsonElement session)
    {
        JsonElement secrets = session.Field("secrets");
        return secrets.Has(McElieceSeed)
            ? new ScriptedRandom([.. secrets.ByteStrings("kem_encaps_random_draws")])
            : new ScriptedRandom(secrets.Bytes("kem_encaps_m"));
    }

    // All 136 bytes of the block and its slices; the channel's keys keep the first 128. (§6.5)
    private static void CheckDerivation(JsonElement derived, Suite suite, ReadOnlySpan<byte> secret)
    {
        byte[] output = new byte[KeccakRate.Bits256];
        CShake.Derive(KeccakRate.Bits256, QstpProtocol.SessionLabel, derived.Bytes("schash2"), secret, output);
        Expect.Equal("kdf_output", derived.Bytes("kdf_output"), output);
        int keySize = QstpProtocol.Channel.Rcs.KeySize;
        int nonceSize = QstpProtocol.Channel.Rcs.NonceSize;
        ReadOnlySpan<byte> rest = output;
        foreach ((string name, int size) in (ReadOnlySpan<(string, int)>)
            [("client_tx_key", keySize), ("client_tx_nonce", nonceSize), ("server_tx_key", keySize), ("server_tx_nonce", nonceSize)])
        {
            Expect.Equal(name, derived.Bytes(name), rest[..size]);
            rest = rest[size..];
        }
    }
}
