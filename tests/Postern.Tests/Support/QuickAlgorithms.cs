using Postern.Channels;
using Postern.Cryptography;
using Postern.Qsmp;

namespace Postern.Tests.Support;

/// <summary>
/// A set whose KEM and signature take no time and protect nothing, for simulations that look at the order of things alone. The secret stands
/// masked in the ciphertext; a signature is the hash of key and message.
/// </summary>
internal static class QuickAlgorithms
{
    private static readonly Suite Suite = new(
        99, "quick", QsmpProtocol.ConfigurationFieldSize, 1, new QuickSignature(), new QuickKem());

    public static ChannelKeys DuplexKeys(bool isInitiator)
    {
        byte[] own = [(byte)(isInitiator ? 1 : 2)];
        byte[] peer = [(byte)(isInitiator ? 2 : 1)];
        KeyExchangeRatchet exchange = new(
            Suite, (random, message, signature) => Suite.Signature.Sign(random, own, message, signature), peer, Sha3.DigestSize512);
        return TestChannels.Keys(isInitiator, QsmpProtocol.Duplex, Suite, exchange);
    }

    private sealed class QuickSignature() : SignatureAlgorithm("quick", 1, 1, 32)
    {
        public override string Standard => "none";

        private protected override void GenerateKeyPairCore(RandomSource random, Span<byte> verificationKey, Span<byte> signingKey)
        {
            random.Fill(signingKey);
            signingKey.CopyTo(verificationKey);
        }

        private protected override void SignCore(
            RandomSource random, ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, Span<byte> signature) =>
            Sha3.HashData256([.. signingKey, .. message], signature);

        private protected override bool VerifyCore(
            ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        {
            Span<byte> expected = stackalloc byte[32];
            Sha3.HashData256([.. verificationKey, .. message], expected);
            return expected.SequenceEqual(signature);
        }

        private protected override bool IsKeyPairCore(ReadOnlySpan<byte> verificationKey, ReadOnlySpan<byte> signingKey) =>
            verificationKey.SequenceEqual(signingKey);
    }

    private sealed class QuickKem() : KemAlgorithm("quick", 32, 32, 32)
    {
        private protected override void GenerateKeyPairCore(RandomSource random, Span<byte> publicKey, Span<byte> secretKey)
        {
            random.Fill(secretKey);
            secretKey.CopyTo(publicKey);
        }

        private protected override bool TryEncapsulateCore(
            RandomSource random, ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> sharedSecret)
        {
            random.Fill(sharedSecret);
            for (int i = 0; i < ciphertext.Length; i++) ciphertext[i] = (byte)(sharedSecret[i] ^ publicKey[i]);
            return true;
        }

        private protected override bool DecapsulateCore(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> ciphertext, Span<byte> sharedSecret)
        {
            for (int i = 0; i < ciphertext.Length; i++) sharedSecret[i] = (byte)(ciphertext[i] ^ secretKey[i]);
            return true;
        }
    }
}
