using System.Security.Cryptography;
using Postern.Cryptography;

namespace Postern.Cli.Bench;

/// <summary>Key encapsulation, next to .NET's classes where the platform has them.</summary>
internal static class KemGroups
{
    public static IEnumerable<BenchGroup> Create()
    {
        foreach ((KemAlgorithm ours, MLKemAlgorithm? theirs) in ((KemAlgorithm, MLKemAlgorithm?)[])
        [
            (KemAlgorithm.MLKem512, MLKemAlgorithm.MLKem512),
            (KemAlgorithm.MLKem768, MLKemAlgorithm.MLKem768),
            (KemAlgorithm.MLKem1024, MLKemAlgorithm.MLKem1024),
            (KemAlgorithm.Kyber1280, null),
            (KemAlgorithm.McEliece348864, null),
            (KemAlgorithm.McEliece6688128, null),
        ])
        {
            byte[] publicKey = new byte[ours.PublicKeySize];
            byte[] secretKey = new byte[ours.SecretKeySize];
            byte[] ciphertext = new byte[ours.CiphertextSize];
            byte[] secret = new byte[ours.SharedSecretSize];
            ours.GenerateKeyPair(publicKey, secretKey);
            ours.TryEncapsulate(publicKey, ciphertext, secret);
            MLKem? platform = theirs is not null && MLKem.IsSupported ? MLKem.GenerateKey(theirs) : null;
            byte[] platformCiphertext = platform is null ? [] : Encapsulate(platform);

            yield return Group(ours, "key generation", () => ours.GenerateKeyPair(new byte[publicKey.Length], new byte[secretKey.Length]), platform, () => MLKem.GenerateKey(theirs!).Dispose());
            yield return Group(ours, "encapsulation", () => ours.TryEncapsulate(publicKey, new byte[ciphertext.Length], secret), platform, () => Encapsulate(platform!));
            yield return Group(ours, "decapsulation", () => ours.Decapsulate(secretKey, ciphertext, secret), platform, () => platform!.Decapsulate(platformCiphertext));
        }
    }

    private static byte[] Encapsulate(MLKem key)
    {
        key.Encapsulate(out byte[] ciphertext, out _);
        return ciphertext;
    }

    private static BenchGroup Group(KemAlgorithm algorithm, string title, Action ours, MLKem? platform, Action theirs)
    {
        List<BenchSubject> subjects = [BenchSubject.Of("Postern", ours)];
        if (platform is not null) subjects.Add(BenchSubject.Of("MLKem (.NET)", theirs));
        return new BenchGroup("kem", $"{algorithm.Name} {title}", "µs", subjects);
    }
}
