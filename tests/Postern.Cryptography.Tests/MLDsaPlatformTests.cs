using System.Security.Cryptography;
using PlatformDsa = System.Security.Cryptography.MLDsa;

namespace Postern.Cryptography.Tests;

/// <summary>ML-DSA against the one that .NET takes from the operating system, both ways.</summary>
public sealed class MLDsaPlatformTests
{
    private const int Cases = 10;

    public static TheoryData<string> Sets => MLDsaTests.Sets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void Keys_equal_the_platforms_and_each_side_accepts_the_others_signatures(string set)
    {
        Assert.SkipUnless(PlatformDsa.IsSupported, ".NET has no ML-DSA here: it needs OpenSSL 3.5 or a Windows with ML-DSA.");
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        Random random = new(algorithm.VerificationKeySize);
        for (int i = 0; i < Cases; i++)
        {
            byte[] seed = MLKemTests.Bytes(random, 32);
            byte[] message = MLKemTests.Bytes(random, random.Next(500));
            var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, seed);
            using PlatformDsa platform = PlatformDsa.ImportMLDsaPrivateSeed(PlatformSet(set), seed);
            Assert.Equal(platform.ExportMLDsaPublicKey(), verificationKey);
            Assert.Equal(platform.ExportMLDsaPrivateKey(), signingKey);

            byte[] ours = MLDsaSamples.Sign(algorithm, signingKey, message, MLKemTests.Bytes(random, 32));
            byte[] platforms = new byte[algorithm.SignatureSize];
            platform.SignData(message.AsSpan(), platforms.AsSpan(), []);
            Assert.True(platform.VerifyData(message.AsSpan(), ours.AsSpan(), []));
            Assert.True(algorithm.Verify(verificationKey, message, platforms));

            ours[random.Next(ours.Length)] ^= 1;
            Assert.False(platform.VerifyData(message.AsSpan(), ours.AsSpan(), []));
            Assert.False(algorithm.Verify(verificationKey, message, ours));
        }
    }

    private static MLDsaAlgorithm PlatformSet(string set) => set switch
    {
        "ML-DSA-44" => MLDsaAlgorithm.MLDsa44,
        "ML-DSA-65" => MLDsaAlgorithm.MLDsa65,
        _ => MLDsaAlgorithm.MLDsa87,
    };
}
