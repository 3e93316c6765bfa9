using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>Keys and signatures of SLH-DSA that tests start from.</summary>
internal static class SlhDsaSamples
{
    public static SignatureAlgorithm Find(string set) => set switch
    {
        "SLH-DSA-SHAKE-128s" => SignatureAlgorithm.SlhDsaShake128s,
        "SLH-DSA-SHAKE-192s" => SignatureAlgorithm.SlhDsaShake192s,
        "SLH-DSA-SHAKE-256s" => SignatureAlgorithm.SlhDsaShake256s,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "No such parameter set."),
    };

    public static SlhDsaParameters FindParameters(string set) => set switch
    {
        "SLH-DSA-SHAKE-128s" => SlhDsaParameters.Shake128s,
        "SLH-DSA-SHAKE-192s" => SlhDsaParameters.Shake192s,
        "SLH-DSA-SHAKE-256s" => SlhDsaParameters.Shake256s,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "No such parameter set."),
    };

    public static List<JsonElement> Vectors(string set) =>
        [.. VectorFile.Read("slhdsa.json").EnumerateArray().Where(vector => vector.Text("standard_name") == set)];

    public static (byte[] VerificationKey, byte[] SigningKey) KeyPair(SignatureAlgorithm algorithm, byte[] seeds)
    {
        byte[] verificationKey = new byte[algorithm.VerificationKeySize];
        byte[] signingKey = new byte[algorithm.SigningKeySize];
        algorithm.GenerateKeyPair(new ScriptedRandomSource(seeds), verificationKey, signingKey);
        return (verificationKey, signingKey);
    }

    public static byte[] Sign(SignatureAlgorithm algorithm, byte[] signingKey, byte[] message, byte[] randomness)
    {
        byte[] signature = new byte[algorithm.SignatureSize];
        algorithm.Sign(new ScriptedRandomSource(randomness), signingKey, message, signature);
        return signature;
    }

    /// <summary>The key, the message and the signature of a vector.</summary>
    public static (byte[] VerificationKey, byte[] Message, byte[] Signature) Signed(JsonElement vector)
    {
        byte[] message = vector.Bytes("message");
        return (vector.Bytes("public_key"), message, vector.Bytes("signed_message")[..^message.Length]);
    }
}
