using System.Text.Json;
using Postern.Conformance.Replay;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>ML-DSA keys from their seed and deterministic signatures. (primitives §7)</summary>
internal sealed class MLDsaKind : IVectorKind
{
    public string? Recognise(VectorFile file) =>
        file.Json.First().HasAll("seed_xi", "public_key", "secret_key", "message", "signed_message") ? "ml-dsa" : null;

    public void Run(VectorFile file, CheckList checks) => checks.Each(file.Json, CheckVector);

    private static void CheckVector(JsonElement vector)
    {
        SignatureAlgorithm algorithm = vector.Text("set") switch
        {
            "S1P44" => SignatureAlgorithm.MLDsa44,
            "S3P65" => SignatureAlgorithm.MLDsa65,
            "S5P87" => SignatureAlgorithm.MLDsa87,
            string set => throw new UnsupportedVectorException($"ML-DSA with the set {set} is not in this build"),
        };
        if (vector.Text("context").Length > 0) throw new UnsupportedVectorException("only the empty context is supported");
        if (!vector.Flag("deterministic")) throw new UnsupportedVectorException("the randomness of a hedged signature is not in the vector");

        byte[] verificationKey = new byte[algorithm.VerificationKeySize];
        byte[] signingKey = new byte[algorithm.SigningKeySize];
        algorithm.GenerateKeyPair(new ScriptedRandom(vector.Bytes("seed_xi")), verificationKey, signingKey);
        Expect.Equal("public_key", vector.Bytes("public_key"), verificationKey);
        Expect.Equal("secret_key", vector.Bytes("secret_key"), signingKey);

        byte[] message = vector.Bytes("message");
        byte[] signature = new byte[algorithm.SignatureSize];
        algorithm.Sign(new ScriptedRandom(ScriptedRandom.DeterministicSignature), signingKey, message, signature);
        Expect.Equal("signed_message", vector.Bytes("signed_message"), [.. signature, .. message]);
        Expect.True("the signature does not verify", algorithm.Verify(verificationKey, message, signature));
    }
}
