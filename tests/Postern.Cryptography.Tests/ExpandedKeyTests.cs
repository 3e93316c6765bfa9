using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>Keys that are made ready once: they sign and verify what their bytes do.</summary>
public sealed class ExpandedKeyTests
{
    public static TheoryData<string> Sets => MLDsaTests.Sets;

    public static TheoryData<string, string> SetsAndPaths => DsaKernelTests.SetsAndPaths;

    public static TheoryData<string> HashSets => ["SLH-DSA-SHAKE-128s", "SLH-DSA-SHAKE-192s", "SLH-DSA-SHAKE-256s"];

    [Theory]
    [MemberData(nameof(SetsAndPaths))]
    public void Signatures_equal_every_vector_on_every_path(string set, string path)
    {
        MLDsa algorithm = new(MLDsaSamples.FindParameters(set), DsaKernel.Create(Enum.Parse<DsaPath>(path)));
        int compared = 0;
        foreach (JsonElement vector in VectorFile.Read("mldsa.json").EnumerateArray())
        {
            if (MLDsaSamples.Find(vector.Text("set")).Name != set) continue;
            using MessageSigner signer = algorithm.CreateSigner(vector.Bytes("secret_key"));
            MessageVerifier verifier = algorithm.CreateVerifier(vector.Bytes("public_key"));
            byte[] message = vector.Bytes("message");
            for (int i = 0; i < 2; i++)
            {
                byte[] signature = Sign(signer, message, new byte[32]);
                Assert.Equal(vector.Text("signed_message"), Convert.ToHexStringLower([.. signature, .. message]));
                Assert.True(verifier.Verify(message, signature));
            }

            compared++;
        }

        Assert.True(compared > 0);
    }

    [Theory]
    [MemberData(nameof(SetsAndPaths))]
    public void Many_keys_sign_and_verify_what_their_bytes_do(string set, string path)
    {
        MLDsa algorithm = new(MLDsaSamples.FindParameters(set), DsaKernel.Create(Enum.Parse<DsaPath>(path)));
        SignatureAlgorithm other = MLDsaSamples.Find(set);
        Random random = new(11);
        for (int i = 0; i < 20; i++)
        {
            var (verificationKey, signingKey) = MLDsaSamples.KeyPair(other, 300 + i);
            using MessageSigner signer = algorithm.CreateSigner(signingKey);
            MessageVerifier verifier = algorithm.CreateVerifier(verificationKey);
            byte[] message = MLKemTests.Bytes(random, i * 7);
            byte[] rnd = MLKemTests.Bytes(random, 32);
            byte[] signature = Sign(signer, message, rnd);
            Assert.Equal(MLDsaSamples.Sign(other, signingKey, message, rnd), signature);
            Assert.True(verifier.Verify(message, signature));
            Assert.False(verifier.Verify([.. message, 0], signature));
            for (int flip = i; flip < signature.Length; flip += 211)
            {
                signature[flip] ^= 1;
                Assert.False(verifier.Verify(message, signature));
                signature[flip] ^= 1;
            }
        }
    }

    [Theory]
    [MemberData(nameof(HashSets))]
    public void Hash_based_signatures_equal_a_vector(string set)
    {
        SignatureAlgorithm algorithm = SlhDsaSamples.Find(set);
        JsonElement vector = SlhDsaSamples.Vectors(set)[0];
        var (verificationKey, message, signature) = SlhDsaSamples.Signed(vector);
        using MessageSigner signer = algorithm.CreateSigner(vector.Bytes("secret_key"));
        MessageVerifier verifier = algorithm.CreateVerifier(verificationKey);
        Assert.Equal(signature, Sign(signer, message, vector.Bytes("sign_rng")));
        Assert.True(verifier.Verify(message, signature));
        signature[^1] ^= 1;
        Assert.False(verifier.Verify(message, signature));
        signer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => signer.Sign(message, signature));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_original_may_be_erased_once_the_key_is_made_ready(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 21);
        using MessageSigner signer = algorithm.CreateSigner(signingKey);
        MessageVerifier verifier = algorithm.CreateVerifier(verificationKey);
        Array.Clear(signingKey);
        Array.Clear(verificationKey);
        byte[] signature = new byte[algorithm.SignatureSize];
        signer.Sign([1], signature);
        Assert.True(verifier.Verify([1], signature));
        Assert.Same(algorithm, signer.Algorithm);
        Assert.Same(algorithm, verifier.Algorithm);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_disposed_signer_is_erased_and_signs_no_more(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        DsaMessageSigner signer = (DsaMessageSigner)algorithm.CreateSigner(MLDsaSamples.KeyPair(algorithm, 22).SigningKey);
        Assert.True(signer.Polynomials.ContainsAnyExcept(0));
        signer.Dispose();
        signer.Dispose();
        Assert.False(signer.Polynomials.ContainsAnyExcept(0));
        Assert.Throws<ObjectDisposedException>(() => signer.Head.Length);
        Assert.Throws<ObjectDisposedException>(() => signer.Sign([1], new byte[algorithm.SignatureSize]));
    }

    [Fact]
    public void A_signer_disposed_in_the_middle_of_a_signature_finishes_it_and_is_erased_then()
    {
        SignatureAlgorithm algorithm = SignatureAlgorithm.MLDsa44;
        var (_, signingKey) = MLDsaSamples.KeyPair(algorithm, 23);
        DsaMessageSigner signer = (DsaMessageSigner)algorithm.CreateSigner(signingKey);
        byte[] signature = new byte[algorithm.SignatureSize];
        signer.Sign(new DisposingRandomSource(signer), [1], signature);
        Assert.Equal(MLDsaSamples.SignDeterministically(algorithm, signingKey, [1]), signature);
        Assert.False(signer.Polynomials.ContainsAnyExcept(0));
        Assert.Throws<ObjectDisposedException>(() => signer.Sign([1], signature));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Wrong_sizes_are_refused(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 24);
        using MessageSigner signer = algorithm.CreateSigner(signingKey);
        MessageVerifier verifier = algorithm.CreateVerifier(verificationKey);
        foreach (int change in new[] { -1, 1 })
        {
            byte[] wrongSignature = new byte[algorithm.SignatureSize + change];
            Assert.Throws<ArgumentException>("signingKey", () => algorithm.CreateSigner(new byte[signingKey.Length + change]));
            Assert.Throws<ArgumentException>("verificationKey", () => algorithm.CreateVerifier(new byte[verificationKey.Length + change]));
            Assert.Throws<ArgumentException>("signature", () => signer.Sign([], wrongSignature));
            Assert.Throws<ArgumentException>("signature", () => verifier.Verify([], wrongSignature));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Nothing_is_allocated_once_warm(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        SeededRandomSource source = new(3);
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 25);
        using MessageSigner signer = algorithm.CreateSigner(signingKey);
        MessageVerifier verifier = algorithm.CreateVerifier(verificationKey);
        byte[] signature = new byte[algorithm.SignatureSize];
        byte[] message = new byte[64];
        long allocated = 0;
        for (int i = 0; i < 20; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            signer.Sign(source, message, signature);
            Assert.True(verifier.Verify(message, signature));
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task Threads_share_one_signer_and_one_verifier()
    {
        SignatureAlgorithm algorithm = SignatureAlgorithm.MLDsa44;
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 26);
        using MessageSigner signer = algorithm.CreateSigner(signingKey);
        MessageVerifier verifier = algorithm.CreateVerifier(verificationKey);
        byte[] expected = MLDsaSamples.SignDeterministically(algorithm, signingKey, [5]);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(expected, Sign(signer, [5], new byte[32]));
                Assert.True(verifier.Verify([5], expected));
            }
        })));
    }

    private static byte[] Sign(MessageSigner signer, byte[] message, byte[] rnd)
    {
        byte[] signature = new byte[signer.Algorithm.SignatureSize];
        signer.Sign(new ScriptedRandomSource(rnd), message, signature);
        return signature;
    }
}
