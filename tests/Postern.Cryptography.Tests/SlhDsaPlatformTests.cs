using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using PlatformDsa = System.Security.Cryptography.SlhDsa;

namespace Postern.Cryptography.Tests;

/// <summary>SLH-DSA against the one that .NET takes from the operating system, both ways.</summary>
[Experimental("SYSLIB5006")]
public sealed class SlhDsaPlatformTests
{
    public static TheoryData<string> Sets => SlhDsaTests.Sets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void Each_side_takes_the_others_keys_and_accepts_the_others_signatures(string set)
    {
        Assert.SkipUnless(PlatformDsa.IsSupported, ".NET has no SLH-DSA here: it needs OpenSSL 3.5 or a Windows with SLH-DSA.");
        SignatureAlgorithm algorithm = SlhDsaSamples.Find(set);
        Random random = new(algorithm.VerificationKeySize);
        byte[] message = MLKemTests.Bytes(random, 333);
        var (verificationKey, signingKey) = SlhDsaSamples.KeyPair(algorithm, MLKemTests.Bytes(random, algorithm.SigningKeySize / 4 * 3));
        using PlatformDsa platform = PlatformDsa.ImportSlhDsaPrivateKey(PlatformSet(set), signingKey);
        Assert.Equal(platform.ExportSlhDsaPublicKey(), verificationKey);

        byte[] ours = SlhDsaSamples.Sign(algorithm, signingKey, message, MLKemTests.Bytes(random, verificationKey.Length / 2));
        byte[] platforms = new byte[algorithm.SignatureSize];
        platform.SignData(message.AsSpan(), platforms.AsSpan(), []);
        Assert.True(platform.VerifyData(message.AsSpan(), ours.AsSpan(), []));
        Assert.True(algorithm.Verify(verificationKey, message, platforms));

        ours[random.Next(ours.Length)] ^= 1;
        Assert.False(platform.VerifyData(message.AsSpan(), ours.AsSpan(), []));
        Assert.False(algorithm.Verify(verificationKey, message, ours));

        // A key that the other side made.
        using PlatformDsa other = PlatformDsa.GenerateKey(PlatformSet(set));
        byte[] signature = SlhDsaSamples.Sign(algorithm, other.ExportSlhDsaPrivateKey(), message, new byte[verificationKey.Length / 2]);
        Assert.True(other.VerifyData(message.AsSpan(), signature.AsSpan(), []));
    }

    private static SlhDsaAlgorithm PlatformSet(string set) => set switch
    {
        "SLH-DSA-SHAKE-128s" => SlhDsaAlgorithm.SlhDsaShake128s,
        "SLH-DSA-SHAKE-192s" => SlhDsaAlgorithm.SlhDsaShake192s,
        _ => SlhDsaAlgorithm.SlhDsaShake256s,
    };
}
