using System.Security.Cryptography;
using Postern.Cryptography;

namespace Postern.Cli.Bench;

/// <summary>Signatures over a handshake's hash, next to .NET's classes where the platform has them.</summary>
internal static class SignatureGroups
{
    private const int HashSize = 32;

    public static IEnumerable<BenchGroup> Create()
    {
        foreach ((SignatureAlgorithm ours, MLDsaAlgorithm? theirs) in ((SignatureAlgorithm, MLDsaAlgorithm?)[])
        [
            (SignatureAlgorithm.MLDsa44, MLDsaAlgorithm.MLDsa44),
            (SignatureAlgorithm.MLDsa65, MLDsaAlgorithm.MLDsa65),
            (SignatureAlgorithm.MLDsa87, MLDsaAlgorithm.MLDsa87),
            (SignatureAlgorithm.SlhDsaShake128s, null),
        ])
        {
            byte[] verificationKey = new byte[ours.VerificationKeySize];
            byte[] signingKey = new byte[ours.SigningKeySize];
            byte[] signature = new byte[ours.SignatureSize];
            byte[] hash = RandomNumberGenerator.GetBytes(HashSize);
            ours.GenerateKeyPair(verificationKey, signingKey);
            ours.Sign(signingKey, hash, signature);
            MLDsa? platform = theirs is not null && MLDsa.IsSupported ? MLDsa.GenerateKey(theirs) : null;
            byte[] platformSignature = platform is null ? [] : new byte[theirs!.SignatureSizeInBytes];
            platform?.SignData(hash, platformSignature.AsSpan(), default);

            yield return Group(ours, "signing", Signing(ours, signingKey), platform, () => Sign(platform!, theirs!));
            yield return Group(
                ours, "verification", () => ours.Verify(verificationKey, hash, signature), platform, () => platform!.VerifyData(hash.AsSpan(), platformSignature.AsSpan(), default));
        }
    }

    // Another message each time: how often signing starts over depends on the message.
    private static Action Signing(SignatureAlgorithm algorithm, byte[] signingKey)
    {
        byte[] signature = new byte[algorithm.SignatureSize];
        byte[] hash = new byte[HashSize];
        return () =>
        {
            RandomNumberGenerator.Fill(hash);
            algorithm.Sign(signingKey, hash, signature);
        };
    }

    private static void Sign(MLDsa key, MLDsaAlgorithm algorithm)
    {
        Span<byte> hash = stackalloc byte[HashSize];
        RandomNumberGenerator.Fill(hash);
        key.SignData(hash, new byte[algorithm.SignatureSizeInBytes].AsSpan(), default);
    }

    private static BenchGroup Group(SignatureAlgorithm algorithm, string title, Action ours, MLDsa? platform, Action theirs)
    {
        List<BenchSubject> subjects = [BenchSubject.Of("Postern", ours)];
        if (platform is not null) subjects.Add(BenchSubject.Of("MLDsa (.NET)", theirs));
        return new BenchGroup("signature", $"{algorithm.Name} {title}", "µs", subjects);
    }
}
