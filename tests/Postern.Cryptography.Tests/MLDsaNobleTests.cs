using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>ML-DSA against @noble/post-quantum, both ways.</summary>
public sealed class MLDsaNobleTests(NobleOracle noble) : IClassFixture<NobleOracle>
{
    private const int Cases = 10;

    public static TheoryData<string> Sets => MLDsaTests.Sets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void Keys_and_signatures_equal_nobles(string set)
    {
        noble.SkipIfMissing();
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        Random random = new(algorithm.SignatureSize);
        for (int i = 0; i < Cases; i++)
        {
            byte[] seed = Bytes(random, 32);
            byte[] rnd = Bytes(random, 32);
            byte[] message = Bytes(random, random.Next(500));
            var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, seed);
            JsonElement keys = noble.Ask(new { op = "mldsa-keygen", set, seed = Hex(seed) });
            Assert.Equal(keys.Bytes("publicKey"), verificationKey);
            Assert.Equal(keys.Bytes("secretKey"), signingKey);

            Assert.Equal(
                NobleSignature(set, signingKey, message, null),
                MLDsaSamples.SignDeterministically(algorithm, signingKey, message));
            Assert.Equal(NobleSignature(set, signingKey, message, rnd), MLDsaSamples.Sign(algorithm, signingKey, message, rnd));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Noble_and_we_accept_each_others_signatures_and_refuse_damaged_ones(string set)
    {
        noble.SkipIfMissing();
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        Random random = new(algorithm.SigningKeySize);
        for (int i = 0; i < Cases; i++)
        {
            var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, Bytes(random, 32));
            byte[] message = Bytes(random, random.Next(500));
            byte[] ours = MLDsaSamples.Sign(algorithm, signingKey, message, Bytes(random, 32));
            byte[] nobles = NobleSignature(set, signingKey, message, Bytes(random, 32));
            Assert.True(NobleVerifies(set, verificationKey, message, ours));
            Assert.True(algorithm.Verify(verificationKey, message, nobles));

            ours[random.Next(ours.Length)] ^= (byte)(1 << random.Next(8));
            Assert.False(NobleVerifies(set, verificationKey, message, ours));
            Assert.False(algorithm.Verify(verificationKey, message, ours));
        }
    }

    private byte[] NobleSignature(string set, byte[] signingKey, byte[] message, byte[]? rnd) => noble.Ask(new
    {
        op = "mldsa-sign",
        set,
        secretKey = Hex(signingKey),
        message = Hex(message),
        rnd = rnd is null ? null : Hex(rnd),
    }).Bytes("signature");

    private bool NobleVerifies(string set, byte[] verificationKey, byte[] message, byte[] signature) => noble.Ask(new
    {
        op = "mldsa-verify",
        set,
        publicKey = Hex(verificationKey),
        message = Hex(message),
        signature = Hex(signature),
    }).GetProperty("valid").GetBoolean();

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static byte[] Bytes(Random random, int count) => MLKemTests.Bytes(random, count);
}
