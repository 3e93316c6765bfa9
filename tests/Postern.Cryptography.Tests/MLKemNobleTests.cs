using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>ML-KEM against @noble/post-quantum, both ways, on random inputs.</summary>
public sealed class MLKemNobleTests(NobleOracle noble) : IClassFixture<NobleOracle>
{
    private const int Cases = 20;

    public static TheoryData<string> Sets => MLKemTests.StandardSets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void Key_pairs_ciphertexts_and_secrets_equal_nobles(string set)
    {
        noble.SkipIfMissing();
        KemAlgorithm kem = MLKemTests.Named(set);
        Random random = new(kem.PublicKeySize);
        for (int i = 0; i < Cases; i++)
        {
            byte[] seed = MLKemTests.Bytes(random, 64);
            (byte[] publicKey, byte[] secretKey) = MLKemTests.NewKeyPair(kem, new ScriptedRandomSource(seed));
            JsonElement keys = noble.Ask(new { op = "mlkem-keygen", set, seed = Convert.ToHexStringLower(seed) });
            Assert.Equal(keys.Bytes("publicKey"), publicKey);
            Assert.Equal(keys.Bytes("secretKey"), secretKey);

            byte[] m = MLKemTests.Bytes(random, 32);
            (byte[] ciphertext, byte[] secret) = MLKemTests.Encapsulate(kem, new ScriptedRandomSource(m), publicKey);
            JsonElement sent = noble.Ask(new
            {
                op = "mlkem-encaps",
                set,
                publicKey = Convert.ToHexStringLower(publicKey),
                m = Convert.ToHexStringLower(m),
            });
            Assert.Equal(sent.Bytes("ciphertext"), ciphertext);
            Assert.Equal(sent.Bytes("sharedSecret"), secret);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Noble_recovers_our_secret_and_we_recover_nobles(string set)
    {
        noble.SkipIfMissing();
        KemAlgorithm kem = MLKemTests.Named(set);
        Random random = new(kem.SecretKeySize);
        for (int i = 0; i < Cases; i++)
        {
            (byte[] publicKey, byte[] secretKey) = MLKemTests.NewKeyPair(kem, new ScriptedRandomSource(MLKemTests.Bytes(random, 64)));
            (byte[] ciphertext, byte[] secret) = MLKemTests.Encapsulate(
                kem, new ScriptedRandomSource(MLKemTests.Bytes(random, 32)), publicKey);
            Assert.Equal(secret, NobleSecret(set, secretKey, ciphertext));

            JsonElement keys = noble.Ask(new
            {
                op = "mlkem-keygen",
                set,
                seed = Convert.ToHexStringLower(MLKemTests.Bytes(random, 64)),
            });
            JsonElement sent = noble.Ask(new
            {
                op = "mlkem-encaps",
                set,
                publicKey = keys.Text("publicKey"),
                m = Convert.ToHexStringLower(MLKemTests.Bytes(random, 32)),
            });
            byte[] recovered = new byte[kem.SharedSecretSize];
            Assert.True(kem.Decapsulate(keys.Bytes("secretKey"), sent.Bytes("ciphertext"), recovered));
            Assert.Equal(sent.Bytes("sharedSecret"), recovered);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Damaged_and_random_ciphertexts_give_nobles_rejection_secret(string set)
    {
        noble.SkipIfMissing();
        KemAlgorithm kem = MLKemTests.Named(set);
        Random random = new(kem.CiphertextSize);
        (byte[] publicKey, byte[] secretKey) = MLKemTests.NewKeyPair(kem, new ScriptedRandomSource(MLKemTests.Bytes(random, 64)));
        (byte[] ciphertext, _) = MLKemTests.Encapsulate(kem, new ScriptedRandomSource(MLKemTests.Bytes(random, 32)), publicKey);
        byte[] secret = new byte[kem.SharedSecretSize];
        for (int i = 0; i < Cases; i++)
        {
            byte[] damaged = [.. ciphertext];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Assert.False(kem.Decapsulate(secretKey, damaged, secret));
            Assert.Equal(NobleSecret(set, secretKey, damaged), secret);

            byte[] invented = MLKemTests.Bytes(random, kem.CiphertextSize);
            Assert.False(kem.Decapsulate(secretKey, invented, secret));
            Assert.Equal(NobleSecret(set, secretKey, invented), secret);
        }
    }

    private byte[] NobleSecret(string set, byte[] secretKey, byte[] ciphertext) => noble.Ask(new
    {
        op = "mlkem-decaps",
        set,
        secretKey = Convert.ToHexStringLower(secretKey),
        ciphertext = Convert.ToHexStringLower(ciphertext),
    }).Bytes("sharedSecret");
}
