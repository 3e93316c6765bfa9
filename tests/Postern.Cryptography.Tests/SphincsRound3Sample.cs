using System.Collections.Concurrent;

namespace Postern.Cryptography.Tests;

/// <summary>A key pair and a signature of a set of SPHINCS+ round 3, made once.</summary>
internal sealed record SphincsRound3Sample(byte[] VerificationKey, byte[] SigningKey, byte[] Randomness, byte[] Message, byte[] Signature)
{
    private static readonly ConcurrentDictionary<int, SphincsRound3Sample> Samples = [];

    /// <summary>The sets by the size of their hashes in bits.</summary>
    public static TheoryData<int> Sets => [128, 192, 256];

    public static SignatureAlgorithm Find(int set) => set switch
    {
        128 => SignatureAlgorithm.SphincsPlusRound3Shake128sRobust,
        192 => SignatureAlgorithm.SphincsPlusRound3Shake192sRobust,
        _ => SignatureAlgorithm.SphincsPlusRound3Shake256sRobust,
    };

    public static SphincsRound3Sample Of(int set) => Samples.GetOrAdd(set, _ => Make(Find(set)));

    /// <summary>A sample of a random source that depends on the set alone.</summary>
    public static SphincsRound3Sample Make(SignatureAlgorithm algorithm)
    {
        int n = algorithm.VerificationKeySize / 2;
        Random random = new(n);
        var (verificationKey, signingKey) = SlhDsaSamples.KeyPair(algorithm, MLKemTests.Bytes(random, 3 * n));
        byte[] randomness = MLKemTests.Bytes(random, n);
        byte[] message = MLKemTests.Bytes(random, 100 + n);
        return new(verificationKey, signingKey, randomness, message, SlhDsaSamples.Sign(algorithm, signingKey, message, randomness));
    }
}
