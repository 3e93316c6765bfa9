using System.Text.Json;

namespace Postern.Cryptography.Tests;

public sealed class MLDsaTests
{
    public static TheoryData<string> Sets => ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"];

    [Fact]
    public void Keys_and_deterministic_signatures_equal_every_vector()
    {
        int compared = 0;
        foreach (JsonElement vector in VectorFile.Read("mldsa.json").EnumerateArray())
        {
            SignatureAlgorithm algorithm = MLDsaSamples.Find(vector.Text("set"));
            var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, vector.Bytes("seed_xi"));
            Assert.Equal(vector.Text("public_key"), Convert.ToHexStringLower(verificationKey));
            Assert.Equal(vector.Text("secret_key"), Convert.ToHexStringLower(signingKey));

            byte[] message = vector.Bytes("message");
            byte[] signature = MLDsaSamples.SignDeterministically(algorithm, signingKey, message);
            Assert.Equal(vector.Text("signed_message"), Convert.ToHexStringLower([.. signature, .. message]));
            Assert.True(algorithm.Verify(verificationKey, message, signature));
            compared++;
        }

        Assert.True(compared >= 3);
    }

    [Fact]
    public void Sizes_are_those_of_the_standard()
    {
        // FIPS 204 table 2: private key, public key, signature.
        int[] sizes = [.. new[] { SignatureAlgorithm.MLDsa44, SignatureAlgorithm.MLDsa65, SignatureAlgorithm.MLDsa87 }
            .SelectMany(a => new[] { a.SigningKeySize, a.VerificationKeySize, a.SignatureSize })];
        Assert.Equal([2560, 1312, 2420, 4032, 1952, 3309, 4896, 2592, 4627], sizes);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Hedged_signatures_differ_and_verify(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        byte[] verificationKey = new byte[algorithm.VerificationKeySize];
        byte[] signingKey = new byte[algorithm.SigningKeySize];
        algorithm.GenerateKeyPair(verificationKey, signingKey);
        byte[] first = new byte[algorithm.SignatureSize];
        byte[] second = new byte[algorithm.SignatureSize];
        algorithm.Sign(signingKey, [1, 2, 3], first);
        algorithm.Sign(signingKey, [1, 2, 3], second);
        Assert.NotEqual(first, second);
        Assert.True(algorithm.Verify(verificationKey, [1, 2, 3], first));
        Assert.True(algorithm.Verify(verificationKey, [1, 2, 3], second));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Signatures_of_many_keys_and_message_lengths_verify(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        Random random = new(44);
        SeededRandomSource source = new(1);
        byte[] verificationKey = new byte[algorithm.VerificationKeySize];
        byte[] signingKey = new byte[algorithm.SigningKeySize];
        byte[] signature = new byte[algorithm.SignatureSize];
        for (int i = 0; i < 100; i++)
        {
            byte[] message = new byte[i * 3];
            random.NextBytes(message);
            algorithm.GenerateKeyPair(source, verificationKey, signingKey);
            algorithm.Sign(source, signingKey, message, signature);
            Assert.True(algorithm.Verify(verificationKey, message, signature));
            Assert.False(algorithm.Verify(verificationKey, [.. message, 0], signature));
        }
    }

    // About 4 draws a signature (FIPS 204 table 1), so every reason to draw again occurs.
    [Theory]
    [MemberData(nameof(Sets))]
    public void Two_hundred_deterministic_signatures_of_one_key_verify_and_repeat(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 7);
        for (int i = 0; i < 200; i++)
        {
            byte[] message = BitConverter.GetBytes(i);
            byte[] signature = MLDsaSamples.SignDeterministically(algorithm, signingKey, message);
            Assert.True(algorithm.Verify(verificationKey, message, signature));
            if (i % 20 == 0) Assert.Equal(signature, MLDsaSamples.SignDeterministically(algorithm, signingKey, message));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Signing_with_a_key_that_is_none_ends_and_gives_no_valid_signature(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 8);
        foreach (byte value in new byte[] { 0x00, 0x55, 0xFF })
        {
            // rho, K and tr stay; s1, s2 and t0 are nonsense.
            signingKey.AsSpan(128).Fill(value);
            byte[] signature = MLDsaSamples.SignDeterministically(algorithm, signingKey, [1]);
            Assert.False(algorithm.Verify(verificationKey, [1], signature));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Wrong_sizes_are_refused(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        byte[] verificationKey = new byte[algorithm.VerificationKeySize];
        byte[] signingKey = new byte[algorithm.SigningKeySize];
        byte[] signature = new byte[algorithm.SignatureSize];
        foreach (int change in new[] { -1, 1 })
        {
            byte[] wrongVerificationKey = new byte[verificationKey.Length + change];
            byte[] wrongSigningKey = new byte[signingKey.Length + change];
            byte[] wrongSignature = new byte[signature.Length + change];
            Assert.Throws<ArgumentException>("verificationKey", () => algorithm.GenerateKeyPair(wrongVerificationKey, signingKey));
            Assert.Throws<ArgumentException>("signingKey", () => algorithm.GenerateKeyPair(verificationKey, wrongSigningKey));
            Assert.Throws<ArgumentException>("signingKey", () => algorithm.Sign(wrongSigningKey, [], signature));
            Assert.Throws<ArgumentException>("signature", () => algorithm.Sign(signingKey, [], wrongSignature));
            Assert.Throws<ArgumentException>("verificationKey", () => algorithm.Verify(wrongVerificationKey, [], signature));
            Assert.Throws<ArgumentException>("signature", () => algorithm.Verify(verificationKey, [], wrongSignature));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Nothing_is_allocated_once_warm(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        SeededRandomSource source = new(3);
        byte[] verificationKey = new byte[algorithm.VerificationKeySize];
        byte[] signingKey = new byte[algorithm.SigningKeySize];
        byte[] signature = new byte[algorithm.SignatureSize];
        byte[] message = new byte[64];
        long allocated = 0;
        for (int i = 0; i < 20; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            algorithm.GenerateKeyPair(source, verificationKey, signingKey);
            algorithm.Sign(source, signingKey, message, signature);
            Assert.True(algorithm.Verify(verificationKey, message, signature));
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task Threads_share_one_instance()
    {
        SignatureAlgorithm algorithm = SignatureAlgorithm.MLDsa44;
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 9);
        byte[] expected = MLDsaSamples.SignDeterministically(algorithm, signingKey, [5]);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(expected, MLDsaSamples.SignDeterministically(algorithm, signingKey, [5]));
                Assert.True(algorithm.Verify(verificationKey, [5], expected));
            }
        })));
    }
}
