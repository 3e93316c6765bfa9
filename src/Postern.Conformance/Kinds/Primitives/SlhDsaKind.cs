using System.Text.Json;
using Postern.Conformance.Replay;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>SLH-DSA keys and hedged signatures from recorded randomness. (primitives §8)</summary>
internal sealed class SlhDsaKind : IVectorKind
{
    public string? Recognise(VectorFile file) =>
        file.Json.First().HasAll("keygen_rng", "sign_rng", "public_key", "secret_key", "message", "signed_message") ? "slh-dsa" : null;

    public void Run(VectorFile file, CheckList checks) => checks.Each(file.Json, CheckVector);

    // What is quick to check comes first: a wrong vector fails before the slow signature is made.
    private static void CheckVector(JsonElement vector)
    {
        SignatureAlgorithm algorithm = vector.Text("set") switch
        {
            "S1S128SHAKERS" => SignatureAlgorithm.SlhDsaShake128s,
            "S3S192SHAKERS" => SignatureAlgorithm.SlhDsaShake192s,
            "S5S256SHAKERS" => SignatureAlgorithm.SlhDsaShake256s,
            string set => throw new UnsupportedVectorException($"SLH-DSA with the set {set} is not in this build"),
        };
        if (vector.Text("context").Length > 0) throw new UnsupportedVectorException("only the empty context is supported");

        byte[] verificationKey = vector.Bytes("public_key");
        byte[] message = vector.Bytes("message");
        byte[] signedMessage = vector.Bytes("signed_message");
        Expect.Equal("size of 'public_key'", algorithm.VerificationKeySize, verificationKey.Length);
        Expect.Equal("size of 'signed_message'", algorithm.SignatureSize + message.Length, signedMessage.Length);
        Expect.Equal("message in 'signed_message'", message, signedMessage.AsSpan(algorithm.SignatureSize));
        bool verifies = algorithm.Verify(verificationKey, message, signedMessage.AsSpan(0, algorithm.SignatureSize));
        Expect.True("the recorded signature does not verify", verifies);

        byte[] madeKey = new byte[algorithm.VerificationKeySize];
        byte[] signingKey = new byte[algorithm.SigningKeySize];
        algorithm.GenerateKeyPair(new ScriptedRandom(vector.Bytes("keygen_rng")), madeKey, signingKey);
        Expect.Equal("public_key", verificationKey, madeKey);
        Expect.Equal("secret_key", vector.Bytes("secret_key"), signingKey);

        byte[] signature = new byte[algorithm.SignatureSize];
        algorithm.Sign(new ScriptedRandom(vector.Bytes("sign_rng")), signingKey, message, signature);
        Expect.Equal("signature", signedMessage.AsSpan(0, algorithm.SignatureSize), signature);
    }
}
