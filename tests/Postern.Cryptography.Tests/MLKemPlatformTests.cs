using System.Security.Cryptography;
using PlatformKem = System.Security.Cryptography.MLKem;

namespace Postern.Cryptography.Tests;

/// <summary>ML-KEM against the one that .NET takes from the operating system, both ways.</summary>
public sealed class MLKemPlatformTests
{
    private const int Cases = 20;

    public static TheoryData<string> Sets => MLKemTests.StandardSets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void Keys_of_one_seed_are_equal_and_each_side_recovers_the_others_secret(string set)
    {
        Assert.SkipUnless(PlatformKem.IsSupported, ".NET has no ML-KEM here: it needs OpenSSL 3.5 or a Windows with ML-KEM.");
        KemAlgorithm kem = MLKemTests.Named(set);
        Random random = new(kem.PublicKeySize);
        for (int i = 0; i < Cases; i++)
        {
            byte[] seed = MLKemTests.Bytes(random, 64);
            (byte[] publicKey, byte[] secretKey) = MLKemTests.NewKeyPair(kem, new ScriptedRandomSource(seed));
            using PlatformKem platform = PlatformKem.ImportPrivateSeed(PlatformSet(set), seed);
            Assert.Equal(platform.ExportEncapsulationKey(), publicKey);
            Assert.Equal(platform.ExportDecapsulationKey(), secretKey);

            (byte[] ciphertext, byte[] secret) = MLKemTests.Encapsulate(
                kem, new ScriptedRandomSource(MLKemTests.Bytes(random, 32)), publicKey);
            Assert.Equal(secret, platform.Decapsulate(ciphertext));

            platform.Encapsulate(out byte[] platformCiphertext, out byte[] platformSecret);
            byte[] recovered = new byte[kem.SharedSecretSize];
            Assert.True(kem.Decapsulate(secretKey, platformCiphertext, recovered));
            Assert.Equal(platformSecret, recovered);

            ciphertext[random.Next(ciphertext.Length)] ^= 1;
            Assert.False(kem.Decapsulate(secretKey, ciphertext, recovered));
            Assert.Equal(platform.Decapsulate(ciphertext), recovered);
        }
    }

    private static MLKemAlgorithm PlatformSet(string set) => set switch
    {
        "ML-KEM-512" => MLKemAlgorithm.MLKem512,
        "ML-KEM-768" => MLKemAlgorithm.MLKem768,
        _ => MLKemAlgorithm.MLKem1024,
    };
}
