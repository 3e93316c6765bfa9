using System.Text.Json;
using Postern.Conformance.Replay;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>Classic McEliece from recorded randomness, and its secrets for damaged ciphertexts. (primitives §9)</summary>
internal sealed class McElieceKind : IVectorKind
{
    public string? Recognise(VectorFile file) =>
        file.Json.First().HasAll("keygen_rng", "encaps_rng_calls", "ciphertext") ? "mceliece" : null;

    public void Run(VectorFile file, CheckList checks) => checks.Each(file.Json, CheckVector);

    private static void CheckVector(JsonElement vector)
    {
        KemAlgorithm kem = vector.Text("standard_name") switch
        {
            "mceliece348864" => KemAlgorithm.McEliece348864,
            "mceliece460896" => KemAlgorithm.McEliece460896,
            "mceliece6688128" => KemAlgorithm.McEliece6688128,
            "mceliece6960119" => KemAlgorithm.McEliece6960119,
            "mceliece8192128" => KemAlgorithm.McEliece8192128,
            string name => throw new UnsupportedVectorException($"{name} is not in this build"),
        };
        byte[] publicKey = new byte[kem.PublicKeySize];
        byte[] secretKey = new byte[kem.SecretKeySize];
        kem.GenerateKeyPair(new ScriptedRandom(vector.Bytes("keygen_rng")), publicKey, secretKey);
        CheckKey(vector, "public_key", publicKey);
        CheckKey(vector, "secret_key", secretKey);

        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];
        ScriptedRandom draws = new([.. vector.ByteStrings("encaps_rng_calls")]);
        Expect.True("the public key is refused", kem.TryEncapsulate(draws, publicKey, ciphertext, secret));
        Expect.Equal("ciphertext", vector.Bytes("ciphertext"), ciphertext);
        Expect.Equal("shared_secret", vector.Bytes("shared_secret"), secret);
        Expect.Equal("error_vector_e, as C1 has it", ciphertext.AsSpan()[^Sha3.DigestSize256..], Confirmation(vector.Bytes("error_vector_e")));

        Expect.True("the ciphertext does not decapsulate", kem.Decapsulate(secretKey, ciphertext, secret));
        Expect.Equal("shared_secret, decapsulated", vector.Bytes("shared_secret"), secret);
        CheckDamaged(kem, secretKey, ciphertext, ciphertext.Length - 1, vector, "damaged_c1_secret");
        CheckDamaged(kem, secretKey, ciphertext, 0, vector, "damaged_c0_secret");
    }

    // C1 = SHAKE256(2 ‖ e)
    private static byte[] Confirmation(byte[] error)
    {
        byte[] hash = new byte[Sha3.DigestSize256];
        Sha3.Shake256((byte[])[2, .. error], hash);
        return hash;
    }

    // Keys are in the file as length and hash, some in full.
    private static void CheckKey(JsonElement vector, string name, byte[] key)
    {
        Expect.Equal(name + "_length", vector.Number(name + "_length"), key.Length);
        if (vector.Has(name) && vector.Field(name).ValueKind != JsonValueKind.Null) Expect.Equal(name, vector.Bytes(name), key);
        byte[] digest = new byte[Sha3.DigestSize256];
        Sha3.HashData256(key, digest);
        Expect.Equal(name + "_sha3_256", vector.Bytes(name + "_sha3_256"), digest);
    }

    // Bit 0 of one byte is flipped.
    private static void CheckDamaged(KemAlgorithm kem, byte[] secretKey, byte[] ciphertext, int at, JsonElement vector, string name)
    {
        byte[] damaged = [.. ciphertext];
        damaged[at] ^= 1;
        byte[] secret = new byte[kem.SharedSecretSize];
        Expect.True($"the ciphertext of {name} decapsulates", !kem.Decapsulate(secretKey, damaged, secret));
        Expect.Equal(name, vector.Bytes(name), secret);
    }
}
