using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>
/// SPHINCS+-SHAKE256-256s-robust of the third round against the npm package sphincs 3.0.4 (PQClean's portable C as WebAssembly), both
/// ways, byte for byte. It has no other set.
/// </summary>
public sealed class SphincsPackageTests(NobleOracle oracle) : IClassFixture<NobleOracle>
{
    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.SphincsPlusRound3Shake256sRobust;

    [Fact]
    public void Keys_and_signatures_equal_the_packages_and_each_side_verifies_the_others()
    {
        oracle.SkipIfMissing();
        Random random = new(5);
        for (int i = 0; i < 3; i++)
        {
            byte[] seeds = MLKemTests.Bytes(random, 96);
            byte[] randomness = MLKemTests.Bytes(random, 32);
            byte[] message = MLKemTests.Bytes(random, 150 * i);
            var (verificationKey, signingKey) = SlhDsaSamples.KeyPair(Algorithm, seeds);
            JsonElement keys = oracle.Ask(new { op = "sphincs-keygen", seed = Hex(seeds) });
            Assert.Equal(keys.Bytes("publicKey"), verificationKey);
            Assert.Equal(keys.Bytes("secretKey"), signingKey);

            byte[] ours = SlhDsaSamples.Sign(Algorithm, signingKey, message, randomness);
            JsonElement theirs = oracle.Ask(new { op = "sphincs-sign", secretKey = Hex(signingKey), message = Hex(message), rnd = Hex(randomness) });
            Assert.Equal(theirs.Bytes("signature"), ours);
            Assert.True(Algorithm.Verify(verificationKey, message, ours));
            Assert.True(PackageVerifies(verificationKey, message, ours));

            ours[random.Next(ours.Length)] ^= 4;
            Assert.False(Algorithm.Verify(verificationKey, message, ours));
            Assert.False(PackageVerifies(verificationKey, message, ours));
        }
    }

    private bool PackageVerifies(byte[] verificationKey, byte[] message, byte[] signature) => oracle.Ask(new
    {
        op = "sphincs-verify",
        publicKey = Hex(verificationKey),
        message = Hex(message),
        signature = Hex(signature),
    }).GetProperty("valid").GetBoolean();

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
