using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>SLH-DSA against @noble/post-quantum, both ways. Once a set: noble needs ten to thirty seconds for a signature.</summary>
public sealed class SlhDsaNobleTests(NobleOracle noble) : IClassFixture<NobleOracle>
{
    public static TheoryData<string> Sets => SlhDsaTests.Sets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void Keys_and_signatures_equal_nobles_and_each_side_verifies_the_others(string set)
    {
        noble.SkipIfMissing();
        SignatureAlgorithm algorithm = SlhDsaSamples.Find(set);
        int n = algorithm.VerificationKeySize / 2;
        Random random = new(algorithm.SignatureSize);
        byte[] seeds = MLKemTests.Bytes(random, 3 * n);
        byte[] randomness = MLKemTests.Bytes(random, n);
        byte[] message = MLKemTests.Bytes(random, 333);
        var (verificationKey, signingKey) = SlhDsaSamples.KeyPair(algorithm, seeds);
        JsonElement keys = noble.Ask(new { op = "slhdsa-keygen", set, seed = Hex(seeds) });
        Assert.Equal(keys.Bytes("publicKey"), verificationKey);
        Assert.Equal(keys.Bytes("secretKey"), signingKey);

        byte[] ours = SlhDsaSamples.Sign(algorithm, signingKey, message, randomness);
        Assert.True(NobleVerifies(set, verificationKey, message, ours));
        byte[] nobles = noble.Ask(new
        {
            op = "slhdsa-sign",
            set,
            secretKey = Hex(signingKey),
            message = Hex(message),
            rnd = Hex(randomness),
        }).Bytes("signature");
        Assert.True(algorithm.Verify(verificationKey, message, nobles));
        Assert.Equal(nobles, ours);

        for (int i = 0; i < 10; i++)
        {
            byte[] damaged = [.. ours];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Assert.False(NobleVerifies(set, verificationKey, message, damaged));
            Assert.False(algorithm.Verify(verificationKey, message, damaged));
        }
    }

    private bool NobleVerifies(string set, byte[] verificationKey, byte[] message, byte[] signature) => noble.Ask(new
    {
        op = "slhdsa-verify",
        set,
        publicKey = Hex(verificationKey),
        message = Hex(message),
        signature = Hex(signature),
    }).GetProperty("valid").GetBoolean();

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
