using System.Security.Cryptography;
using Postern.Cryptography;

namespace Postern.Cli.Bench;

/// <summary>One sealed packet, next to .NET's own ciphers.</summary>
internal static class CipherGroups
{
    private const int HeaderSize = 21;
    private const int TagSize = 16;

    public static IEnumerable<BenchGroup> Create() =>
        from size in (int[])[64, 1024, 16 * 1024]
        select new BenchGroup("cipher", $"sealing {size} bytes", "µs", [.. Subjects(size)]);

    private static IEnumerable<BenchSubject> Subjects(int size)
    {
        byte[] header = new byte[HeaderSize];
        byte[] message = RandomNumberGenerator.GetBytes(size);
        yield return Rcs(RcsParameters.Rcs256, header, message);
        yield return Rcs(RcsParameters.Rcs512, header, message);

        byte[] sealedMessage = new byte[size];
        byte[] tag = new byte[TagSize];
        byte[] nonce = new byte[12];
        if (AesGcm.IsSupported)
        {
            AesGcm aes = new(RandomNumberGenerator.GetBytes(32), TagSize);
            yield return BenchSubject.Of("AES-256-GCM (.NET)", () => aes.Encrypt(nonce, message, sealedMessage, tag, header));
        }

        if (ChaCha20Poly1305.IsSupported)
        {
            ChaCha20Poly1305 chacha = new(RandomNumberGenerator.GetBytes(32));
            yield return BenchSubject.Of("ChaCha20-Poly1305 (.NET)", () => chacha.Encrypt(nonce, message, sealedMessage, tag, header));
        }
    }

    private static BenchSubject Rcs(RcsParameters parameters, byte[] header, byte[] message)
    {
        RcsCipher cipher = new(parameters, RandomNumberGenerator.GetBytes(parameters.KeySize), RandomNumberGenerator.GetBytes(parameters.NonceSize));
        byte[] sealedMessage = new byte[message.Length + cipher.TagSize];
        return BenchSubject.Of(parameters.Name, () => cipher.Seal(header, message, sealedMessage));
    }
}
