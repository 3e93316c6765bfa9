using Postern.Cryptography;

namespace Postern.Handshakes;

/// <summary>
/// Where a responder's ephemeral KEM keys come from: fresh ones, unless some were made ahead. A key is given out once. (QSTP §6.2, QSMP §2.2)
/// </summary>
internal abstract class EphemeralKeys
{
    /// <summary>Each made when it is needed.</summary>
    public static EphemeralKeys Fresh { get; } = new FreshKeys();

    /// <summary>Writes a public key that nobody has seen and returns its secret key, which is the caller's.</summary>
    public abstract SecretBytes Take(KemAlgorithm kem, RandomSource random, Span<byte> publicKey);

    private sealed class FreshKeys : EphemeralKeys
    {
        public override SecretBytes Take(KemAlgorithm kem, RandomSource random, Span<byte> publicKey)
        {
            SecretBytes secretKey = SecretBytes.Rent(kem.SecretKeySize);
            try
            {
                kem.GenerateKeyPair(random, publicKey, secretKey.Span);
                return secretKey;
            }
            catch
            {
                secretKey.Dispose();
                throw;
            }
        }
    }
}
