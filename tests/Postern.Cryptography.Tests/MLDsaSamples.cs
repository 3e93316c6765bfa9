namespace Postern.Cryptography.Tests;

/// <summary>Keys and signatures of ML-DSA that tests start from.</summary>
internal static class MLDsaSamples
{
    public static SignatureAlgorithm Find(string set) => set switch
    {
        "ML-DSA-44" or "S1P44" => SignatureAlgorithm.MLDsa44,
        "ML-DSA-65" or "S3P65" => SignatureAlgorithm.MLDsa65,
        "ML-DSA-87" or "S5P87" => SignatureAlgorithm.MLDsa87,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "No such parameter set."),
    };

    public static DsaParameters FindParameters(string set) => set switch
    {
        "ML-DSA-44" => DsaParameters.MLDsa44,
        "ML-DSA-65" => DsaParameters.MLDsa65,
        "ML-DSA-87" => DsaParameters.MLDsa87,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "No such parameter set."),
    };

    public static (byte[] VerificationKey, byte[] SigningKey) KeyPair(SignatureAlgorithm algorithm, int seed)
    {
        byte[] xi = new byte[32];
        new Random(seed).NextBytes(xi);
        return KeyPair(algorithm, xi);
    }

    public static (byte[] VerificationKey, byte[] SigningKey) KeyPair(SignatureAlgorithm algorithm, byte[] seed)
    {
        byte[] verificationKey = new byte[algorithm.VerificationKeySize];
        byte[] signingKey = new byte[algorithm.SigningKeySize];
        algorithm.GenerateKeyPair(new ScriptedRandomSource(seed), verificationKey, signingKey);
        return (verificationKey, signingKey);
    }

    public static byte[] SignDeterministically(SignatureAlgorithm algorithm, byte[] signingKey, byte[] message) =>
        Sign(algorithm, signingKey, message, new byte[32]);

    public static byte[] Sign(SignatureAlgorithm algorithm, byte[] signingKey, byte[] message, byte[] rnd)
    {
        byte[] signature = new byte[algorithm.SignatureSize];
        algorithm.Sign(new ScriptedRandomSource(rnd), signingKey, message, signature);
        return signature;
    }
}
