using System.Text.Json;
using Postern.Conformance.Replay;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>ML-KEM, and Kyber with k = 5, from recorded randomness, and its secret for a damaged ciphertext, which is the standard's. (primitives §6)</summary>
internal sealed class MLKemKind : IVectorKind
{
    public string? Recognise(VectorFile file) =>
        file.Json.First().HasAll("k", "d", "z", "m", "public_key", "secret_key", "ciphertext") ? "ml-kem" : null;

    public void Run(VectorFile file, CheckList checks) => checks.Each(file.Json, CheckVector);

    private static void CheckVector(JsonElement vector)
    {
        KemAlgorithm kem = vector.Number("k") switch
        {
            2 => KemAlgorithm.MLKem512,
            3 => KemAlgorithm.MLKem768,
            4 => KemAlgorithm.MLKem1024,
            5 => KemAlgorithm.Kyber1280,
            int k => throw new UnsupportedVectorException($"Kyber with k = {k} is not in this build"),
        };
        byte[] publicKey = new byte[kem.PublicKeySize];
        byte[] secretKey = new byte[kem.SecretKeySize];
        kem.GenerateKeyPair(new ScriptedRandom([.. vector.Bytes("d"), .. vector.Bytes("z")]), publicKey, secretKey);
        Expect.Equal("public_key", vector.Bytes("public_key"), publicKey);
        Expect.Equal("secret_key", vector.Bytes("secret_key"), secretKey);

        byte[] ciphertext = new byte[kem.CiphertextSize];
        byte[] secret = new byte[kem.SharedSecretSize];
        bool encapsulated = kem.TryEncapsulate(new ScriptedRandom(vector.Bytes("m")), publicKey, ciphertext, secret);
        Expect.True("the public key is refused", encapsulated);
        Expect.Equal("ciphertext", vector.Bytes("ciphertext"), ciphertext);
        Expect.Equal("shared_secret", vector.Bytes("shared_secret"), secret);

        Expect.True("the ciphertext does not decapsulate", kem.Decapsulate(secretKey, ciphertext, secret));
        Expect.Equal("shared_secret, decapsulated", vector.Bytes("shared_secret"), secret);
        if (!vector.Has("damaged_ciphertext")) return;
        Expect.True("the damaged ciphertext decapsulates", !kem.Decapsulate(secretKey, vector.Bytes("damaged_ciphertext"), secret));
        Expect.Equal("fips203_implicit_rejection_secret", vector.Bytes("fips203_implicit_rejection_secret"), secret);
    }
}
